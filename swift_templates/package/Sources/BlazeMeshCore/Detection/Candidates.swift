/// What a detector proposes before suppression: for each candidate its box, and its score and row in one key.
///
/// Keys compare as candidates do: by score, then the lower row first. The memory is that of the largest frame so far.
nonisolated struct Candidates {
    private var keys: [UInt64] = []
    private var boxes: [SIMD4<Float>] = []

    init(capacity: Int) {
        keys = Array(repeating: 0, count: capacity)
        boxes = Array(repeating: .zero, count: capacity)
    }

    /// Fill with `body`, which is handed room for as many candidates as there are rows, and suppress what it found.
    ///
    /// - Parameters:
    ///   - limits: What counts as one face, and how many of them are wanted.
    ///   - detections: Becomes the faces, scores falling.
    ///   - rowAt: The sixteen numbers of a candidate.
    ///   - body: Adds candidates.
    @inline(__always)
    mutating func suppress(
        _ limits: Suppression, into detections: inout [Detection], rowAt: (Int) -> SIMD16<Float>,
        filledBy body: (inout Room) -> Void
    ) {
        detections.removeAll(keepingCapacity: true)
        keys.withUnsafeMutableBufferPointer { keys in
            boxes.withUnsafeMutableBufferPointer { boxes in
                var room = Room(keys: keys, boxes: boxes)
                body(&room)
                limits.run(&room, rowAt: rowAt, into: &detections)
            }
        }
    }

    /// The candidates that are left, in no order; `top` is the best one's place.
    struct Room {
        let keys: UnsafeMutableBufferPointer<UInt64>
        let boxes: UnsafeMutableBufferPointer<SIMD4<Float>>
        var count = 0
        var top = 0

        init(keys: UnsafeMutableBufferPointer<UInt64>, boxes: UnsafeMutableBufferPointer<SIMD4<Float>>) {
            (self.keys, self.boxes) = (keys, boxes)
        }

        /// Scores are positive, so that their bits compare as they do.
        @inline(__always)
        mutating func add(row: Int, score: Float, box: SIMD4<Float>) {
            let key = UInt64(score.bitPattern) << 32 | UInt64(~UInt32(truncatingIfNeeded: row))
            keys[count] = key
            boxes[count] = box
            if key > keys[top] || count == 0 { top = count }
            count += 1
        }

        @inline(__always)
        static func row(_ key: UInt64) -> Int { Int(~UInt32(truncatingIfNeeded: key)) }

        @inline(__always)
        static func score(_ key: UInt64) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: key >> 32)) }
    }
}

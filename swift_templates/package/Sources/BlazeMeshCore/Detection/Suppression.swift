/// Weighted non-maximum suppression.
///
/// In order of falling score (equal scores: the lower row first), each candidate gathers the remaining ones whose
/// overlap with it is strictly above the threshold, itself included, and becomes their score-weighted mean, box and
/// keypoints alike, under its own score. A candidate that gathers nobody, not even itself (its area is zero or
/// infinite), is given out as it is and ends the search.
///
/// Source: google-ai-edge/mediapipe, mediapipe/calculators/util/non_max_suppression_calculator.cc; the order among
/// equal scores, which its std::sort leaves open, is this project's choice. Instead of sorting, each pass over the
/// remaining candidates finds the next best one: with a limit of faces, most candidates need no place in an order.
nonisolated struct Suppression {
    var iouThreshold: Float
    var maximumFaces: Int

    @inline(__always)
    func run(
        _ room: inout Candidates.Room, rowAt: (Int) -> SIMD16<Float>, into detections: inout [Detection]
    ) {
        while room.count > 0 && detections.count < maximumFaces {
            let best = room.keys[room.top]
            let row = rowAt(Candidates.Room.row(best))
            var group = WeightedMean(around: row)
            gather(&room, into: &group, rowAt: rowAt)
            detections.append(Detection(score: Candidates.Room.score(best), rows: group.mean))
            if group.isEmpty { break }
        }
    }

    /// Move the best candidate's group out of `room`.
    @inline(__always)
    private func gather(
        _ room: inout Candidates.Room, into group: inout WeightedMean, rowAt: (Int) -> SIMD16<Float>
    ) {
        let box = room.boxes[room.top]
        var (kept, top, best): (Int, Int, UInt64) = (0, 0, 0)
        for index in 0..<room.count {
            let (key, other) = (room.keys[index], room.boxes[index])
            if Self.overlaps(box, other, by: iouThreshold) {
                group.add(rowAt(Candidates.Room.row(key)), weight: Candidates.Room.score(key))
                continue
            }
            room.keys[kept] = key
            room.boxes[kept] = other
            if key > best { (top, best) = (kept, key) }
            kept += 1
        }
        (room.count, room.top) = (kept, top)
    }

    /// Whether the intersection over union of two boxes (minimum x, y, maximum x, y) is strictly above a threshold,
    /// which is 0 or more. False where they do not intersect, and where it is undefined.
    @inline(__always)
    static func overlaps(_ a: SIMD4<Float>, _ b: SIMD4<Float>, by threshold: Float) -> Bool {
        let width = min(a.z, b.z) - max(a.x, b.x)
        let height = min(a.w, b.w) - max(a.y, b.y)
        guard width > 0, height > 0 else { return false }
        let shared = width * height
        let union = (a.z - a.x) * (a.w - a.y) + (b.z - b.x) * (b.w - b.y) - shared
        return union > 0 && shared / union > threshold
    }
}

/// A mean of points by weight, summed as differences from a first one: they are small, and so are their sums' errors.
nonisolated struct WeightedMean {
    private let first: SIMD16<Float>
    private var sum = SIMD16<Float>.zero
    private var weight: Float = 0

    init(around first: SIMD16<Float>) {
        self.first = first
    }

    var isEmpty: Bool { weight == 0 }

    @inline(__always)
    mutating func add(_ row: SIMD16<Float>, weight: Float) {
        sum += (row - first) * weight
        self.weight += weight
    }

    /// The mean; the first point where nothing was added.
    @inline(__always)
    var mean: SIMD16<Float> { isEmpty ? first : first + sum / weight }
}

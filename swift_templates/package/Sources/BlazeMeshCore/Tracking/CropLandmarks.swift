/// What a mesh network says of a crop: memory that is used again for each.
public nonisolated struct CropLandmarks: Sendable {
    /// The points normalised to the crop, z in x's scale.
    public private(set) var points: [SIMD3<Float>] = []
    /// The probability, 0 to 1, that the crop shows a face.
    public private(set) var presence: Float = 0

    /// Room for nothing yet.
    public init() {}

    /// Take over a network's outputs.
    ///
    /// - Parameters:
    ///   - landmarks: Shape [N, 3], normalised to the crop.
    ///   - presence: 0 to 1.
    /// - Throws: ``TensorShapeError`` for another number of columns.
    public mutating func read(_ landmarks: TensorView, presence: Float) throws(TensorShapeError) {
        try landmarks.require(rows: landmarks.rows, columns: 3)
        if points.count != landmarks.rows {
            points = Array(repeating: .zero, count: landmarks.rows)
        }
        let contiguous = landmarks.hasContiguousRows
        points.withMutablePaddedPoints { points in
            for row in points.indices {
                points[row] = landmarks.padded3(row, contiguous: contiguous)
            }
        }
        self.presence = presence
    }

    mutating func clear() {
        presence = 0
    }

    /// The points in the frame that the crop was taken from.
    ///
    /// Source: google-ai-edge/mediapipe, mediapipe/calculators/util/landmark_projection_calculator.cc.
    ///
    /// - Parameters:
    ///   - region: Where the crop lies in the frame.
    ///   - landmarks: Become the points normalised to the frame, z in x's scale; they grow once and are used again.
    public func place(in region: Region, into landmarks: inout [SIMD3<Float>]) {
        _ = project(from: region, into: &landmarks)
    }

    /// The points in the frame, and the box around them.
    ///
    /// The operations are MediaPipe's, in its order: regions follow from landmarks and landmarks from regions, and what
    /// is rounded otherwise adds up from frame to frame.
    func project(from region: Region, into landmarks: inout [SIMD3<Float>]) -> LandmarkBounds {
        if landmarks.count != points.count {
            landmarks = Array(repeating: .zero, count: points.count)
        }
        let (cosine, sine) = (LibM.cosine(region.rotation), LibM.sine(region.rotation))
        let side: Float = region.isMirrored ? -1 : 1
        let (x, y) = (SIMD4(cosine, sine, 0, 0) * side, SIMD4(-sine, cosine, 0, 0))
        let (z, middle) = (SIMD4<Float>(0, 0, 1, 0), SIMD4<Float>(0.5, 0.5, 0, 0))
        let size = SIMD4(region.size.x, region.size.y, region.size.x, 0)
        let center = SIMD4(lowHalf: region.center, highHalf: .zero)
        var bounds = LandmarkBounds()
        points.withPaddedPoints { points in
            landmarks.withMutablePaddedPoints { landmarks in
                for index in points.indices {
                    let point = points[index] - middle
                    let placed = (point.x * x + point.y * y + point.z * z) * size + center
                    landmarks[index] = placed
                    bounds.add(placed)
                }
            }
        }
        return bounds
    }
}

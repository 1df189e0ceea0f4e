/// The camera's near plane: landmarks there and back into space.
nonisolated struct NearPlane {
    let size: SIMD2<Double>
    let near: Double
    let meanDepth: Double

    /// - Parameters:
    ///   - camera: Whose plane it is.
    ///   - frameSize: The frame's width and height in pixels.
    ///   - meanDepth: The landmarks' mean z, in shares of the frame's width.
    init(_ camera: Camera, frameSize: SIMD2<Float>, meanDepth: Double) {
        near = Double(camera.near)
        let height = 2 * near * LibM.tangent(Double(camera.verticalFieldOfView) * .pi / 360)
        size = SIMD2(height * Double(frameSize.x) / Double(frameSize.y), height)
        self.meanDepth = meanDepth
    }

    /// A landmark → x and y in centimetres on the plane, seen from its middle, y up; z in the same scale.
    func project(_ landmark: SIMD3<Float>) -> SIMD3<Double> {
        SIMD3(
            (Double(landmark.x) - 0.5) * size.x, (0.5 - Double(landmark.y)) * size.y, Double(landmark.z) * size.x)
    }

    /// A point of the plane → in space, z growing towards the camera.
    func unproject(_ point: SIMD3<Double>, scale: Double) -> SIMD3<Double> {
        let depth = (point.z - meanDepth * size.x + near) / scale
        return SIMD3(point.x * depth / near, point.y * depth / near, -depth)
    }
}

/// From landmarks to the canonical face's own frame: off the near plane, then back by the inverse of a pose.
nonisolated struct InversePose {
    private let plane: SIMD2<Float>
    private let depthScale: Float
    private let depthOffset: Float
    private let x: SIMD4<Float>
    private let y: SIMD4<Float>
    private let z: SIMD4<Float>
    private let moved: SIMD4<Float>

    init(_ pose: Similarity, plane: NearPlane, scale: Double) {
        self.plane = SIMD2(plane.size / plane.near)
        depthScale = Float(plane.size.x / scale)
        depthOffset = Float((plane.near - plane.meanDepth * plane.size.x) / scale)
        // The inverse's columns are R's rows.
        let (a, b, c) = pose.rotation
        let rows = (SIMD3(a.x, b.x, c.x), SIMD3(a.y, b.y, c.y), SIMD3(a.z, b.z, c.z))
        let t = pose.translation
        let origin = -(t.x * rows.0 + t.y * rows.1 + t.z * rows.2) / pose.scale
        (x, y) = (Self.column(rows.0 / pose.scale), Self.column(rows.1 / pose.scale))
        (z, moved) = (Self.column(rows.2 / pose.scale), Self.column(origin))
    }

    private static func column(_ vector: SIMD3<Double>) -> SIMD4<Float> { SIMD4(SIMD3<Float>(vector), 0) }

    @inline(__always)
    func apply(_ landmark: SIMD4<Float>) -> SIMD4<Float> {
        let depth = landmark.z * depthScale + depthOffset
        let metricX = (landmark.x - 0.5) * plane.x * depth
        let metricY = (0.5 - landmark.y) * plane.y * depth
        return (metricX * x + metricY * y) + (moved - depth * z)
    }
}

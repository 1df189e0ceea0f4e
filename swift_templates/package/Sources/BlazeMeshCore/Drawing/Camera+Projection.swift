nonisolated extension Camera {
    /// Where the camera sees a point in space.
    ///
    /// - Parameters:
    ///   - point: In centimetres, as in ``Pose``.
    ///   - frameSize: The frame's width and height in pixels.
    /// - Returns: Normalised to the frame; `nil` for a point that is nearer than the near plane, or behind the camera.
    func project(_ point: SIMD3<Float>, frameSize: SIMD2<Float>) -> SIMD2<Float>? {
        let depth = -point.z
        guard depth >= near else { return nil }
        let tall = 2 * Float(LibM.tangent(Double(verticalFieldOfView) * .pi / 360))
        let wide = tall * frameSize.x / frameSize.y
        return SIMD2(0.5 + point.x / (depth * wide), 0.5 - point.y / (depth * tall))
    }
}

nonisolated extension FrameTransform {
    /// Points normalised to a frame ↦ a view that the frame fills: as small as it can be, in the middle, what doesn't fit
    /// cut off.
    ///
    /// - Parameters:
    ///   - view: The view's width and height, in points or whatever else is drawn in.
    ///   - frame: The frame's width and height as it is shown, upright.
    ///   - isMirrored: Whether the view shows the frame left to right. Leave it out for frames that are mirrored already,
    ///     as a camera's may be.
    /// - Returns: `nil` unless all sizes are positive and finite.
    public static func filling(
        view: SIMD2<Float>, frame: SIMD2<Float>, isMirrored: Bool = false
    ) -> FrameTransform? {
        placing(frame, in: view, scale: (view / frame).max(), isMirrored: isMirrored)
    }

    /// Points normalised to a frame ↦ a view that shows all of it: as large as it can be, in the middle.
    ///
    /// - Parameters:
    ///   - view: The view's width and height, in points or whatever else is drawn in.
    ///   - frame: The frame's width and height as it is shown, upright.
    ///   - isMirrored: Whether the view shows the frame left to right.
    /// - Returns: `nil` unless all sizes are positive and finite.
    public static func fitting(
        view: SIMD2<Float>, frame: SIMD2<Float>, isMirrored: Bool = false
    ) -> FrameTransform? {
        placing(frame, in: view, scale: (view / frame).min(), isMirrored: isMirrored)
    }

    private static func placing(
        _ frame: SIMD2<Float>, in view: SIMD2<Float>, scale: Float, isMirrored: Bool
    ) -> FrameTransform? {
        let drawn = frame * scale
        // The minimum of a vector with NaN in it may be the other number; the sum is NaN.
        guard view.min() > 0, frame.min() > 0, (view + frame + drawn).sum().isFinite else { return nil }
        let corner = (view - drawn) / 2
        return FrameTransform(
            xAxis: SIMD2(isMirrored ? -drawn.x : drawn.x, 0), yAxis: SIMD2(0, drawn.y),
            translation: SIMD2(isMirrored ? corner.x + drawn.x : corner.x, corner.y))
    }
}

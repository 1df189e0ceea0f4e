// iOS refuses: 'InlineArray' is only available in iOS 26.0 or newer
func corners() -> InlineArray<4, SIMD2<Float>> {
    InlineArray(repeating: .zero)
}

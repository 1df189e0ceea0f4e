/// A colour: red, green, blue and opacity, each 0 to 255, in the sRGB space.
public nonisolated struct DrawColor: Sendable, Hashable {
    /// Red, green, blue, opacity.
    public var channels: SIMD4<UInt8>

    /// A colour of these channels.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, opacity: UInt8 = 255) {
        channels = SIMD4(red, green, blue, opacity)
    }
}

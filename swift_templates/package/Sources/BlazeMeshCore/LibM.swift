#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the core takes from the C library, which no file beside this one imports.
nonisolated enum LibM {
    static func exponential(_ x: Float) -> Float { exp(x) }
    static func logarithm(_ x: Double) -> Double { log(x) }
    static func arcTangent(y: Float, x: Float) -> Float { atan2(y, x) }
    static func sine(_ angle: Float) -> Float { sin(angle) }
    static func cosine(_ angle: Float) -> Float { cos(angle) }
    static func tangent(_ angle: Double) -> Double { tan(angle) }
    static func floor(_ x: Double) -> Double { x.rounded(.down) }
}

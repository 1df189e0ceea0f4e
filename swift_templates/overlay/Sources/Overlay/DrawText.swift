import BlazeMeshCore

/// Draw commands as text: one a line, lengths with two decimals, colours as RRGGBBAA in hexadecimal.
enum DrawText {
    static func line(_ command: DrawCommand) -> String {
        switch command {
        case .point(let center, let radius, let color):
            "point \(points(center)) \(number(radius)) \(hexadecimal(color))"
        case .line(let from, let to, let width, let color):
            "line \(points(from, to)) \(number(width)) \(hexadecimal(color))"
        case .triangle(let a, let b, let c, let color):
            "triangle \(points(a, b, c)) \(hexadecimal(color))"
        }
    }

    static func points(_ points: SIMD2<Float>...) -> String {
        points.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: " ")
    }

    /// Two decimals; what rounds to zero has no sign.
    static func number(_ value: Float) -> String {
        let hundredths = Int((Double(value) * 100).rounded())
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(hundredths < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    static func hexadecimal(_ color: DrawColor) -> String {
        (0..<4).map { index in
            let channel = String(color.channels[index], radix: 16)
            return channel.count < 2 ? "0" + channel : channel
        }
        .joined()
    }
}

@_exported import CoreGraphics

/// A black picture, of a file that holds as many bytes as it has columns and rows; of no other file.
public final class UIImage: Sendable {
    public enum Orientation: Sendable {
        case up, down, left, right, upMirrored, downMirrored, leftMirrored, rightMirrored
    }

    public let cgImage: CGImage?
    public let imageOrientation = Orientation.up

    public init?(named name: String) {
        cgImage = CGImage(width: 336, height: 256, pixels: Array(repeating: .zero, count: 336 * 256))
    }

    public init?(data: Data) {
        guard !data.isEmpty else { return nil }
        cgImage = CGImage(
            width: data.count, height: data.count, pixels: Array(repeating: .zero, count: data.count * data.count))
    }
}

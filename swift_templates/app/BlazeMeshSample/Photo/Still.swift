import ImageIO
import UIKit

/// A picture that doesn't move: pixels as they are stored, and how they are to be turned.
struct Still: Sendable {
    /// To be shown: UIKit turns it by itself.
    let image: UIImage
    /// To be looked at.
    let pixels: CGImage
    /// How ``pixels`` are to be turned to stand upright, as the photo's EXIF data says.
    let orientation: CGImagePropertyOrientation
    /// Whom the picture is to be credited to.
    let credit: String?

    /// Fails for a picture that isn't made of pixels.
    init?(_ image: UIImage, credit: String? = nil) {
        guard let pixels = image.cgImage else { return nil }
        (self.image, self.pixels, self.credit) = (image, pixels, credit)
        orientation = CGImagePropertyOrientation(image.imageOrientation)
    }

    /// A photo's file, read off the main thread; `nil` for what is no picture. Its pixels are decoded by whoever needs them
    /// first.
    static func decode(_ file: Data?) async -> Still? {
        file.flatMap { UIImage(data: $0) }.flatMap { Still($0) }
    }

    /// Eileen Collins, in the app's asset catalogue.
    static var astronaut: Still? {
        UIImage(named: "Astronaut").flatMap { Still($0, credit: "NASA, public domain") }
    }
}

extension CGImagePropertyOrientation {
    /// UIKit counts the same eight orientations in another order.
    init(_ orientation: UIImage.Orientation) {
        switch orientation {
        case .up: self = .up
        case .upMirrored: self = .upMirrored
        case .down: self = .down
        case .downMirrored: self = .downMirrored
        case .left: self = .left
        case .leftMirrored: self = .leftMirrored
        case .right: self = .right
        case .rightMirrored: self = .rightMirrored
        @unknown default: self = .up
        }
    }
}

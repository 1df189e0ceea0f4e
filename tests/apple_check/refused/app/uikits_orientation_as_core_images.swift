// iOS refuses: cannot convert value of type 'UIImage.Orientation' to expected argument type 'CGImagePropertyOrientation'
import BlazeMesh
import BlazeMeshCore
import UIKit

func faces(in image: UIImage, with landmarker: FaceLandmarker) async throws -> [Face] {
    guard let pixels = image.cgImage else { return [] }
    return try await landmarker.detect(pixels, orientation: image.imageOrientation)
}

// iOS refuses: value of type 'UIImage' has no member 'exifOrientation'
import BlazeMesh
import BlazeMeshCore
import UIKit

func faces(in image: UIImage, with landmarker: FaceLandmarker) async throws -> [Face] {
    guard let pixels = image.cgImage else { return [] }
    return try await landmarker.detect(pixels, orientation: image.exifOrientation)
}

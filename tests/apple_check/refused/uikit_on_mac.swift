// macOS refuses: no such module 'UIKit'
import UIKit

func picture(_ image: UIImage) -> CGImage? {
    image.cgImage
}

// iOS refuses: cannot assign to property: 'extent' is a get-only property
import CoreImage

func widen(_ image: CIImage) {
    image.extent = .infinite
}

// iOS refuses: stored property 'buffer' of 'Sendable'-conforming struct 'Frame' has non-Sendable type 'CVBuffer'
import CoreVideo

struct Frame: Sendable {
    let buffer: CVPixelBuffer
}

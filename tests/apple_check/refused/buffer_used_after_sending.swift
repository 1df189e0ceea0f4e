// iOS refuses: sending 'buffer' risks causing data races
import CoreVideo

actor Reader {
    private var last: CVPixelBuffer?

    func keep(_ buffer: sending CVPixelBuffer) { last = buffer }
}

func pass(_ pool: CVPixelBufferPool, to reader: Reader) async -> Int {
    var buffer: CVPixelBuffer?
    CVPixelBufferPoolCreatePixelBuffer(kCFAllocatorDefault, pool, &buffer)
    guard let buffer else { return 0 }
    await reader.keep(buffer)
    return CVPixelBufferGetWidth(buffer)
}

// iOS refuses: sending 'buffer' risks causing data races
import CoreVideo

actor Reader {
    private var last: CVPixelBuffer?

    func keep(_ buffer: CVPixelBuffer) { last = buffer }
}

func pass(_ buffer: CVPixelBuffer, to reader: Reader) async {
    await reader.keep(buffer)
}

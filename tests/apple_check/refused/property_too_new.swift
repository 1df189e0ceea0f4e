// iOS refuses: 'span' is only available in iOS 26.0 or newer
func count(_ landmarks: [Float]) -> Int {
    landmarks.span.count
}

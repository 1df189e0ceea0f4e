// iOS refuses: was never used
func count(_ values: [Float]) -> Int {
    let first = values.first
    return values.count
}

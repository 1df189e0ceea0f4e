// iOS refuses: constant 'side' used before being initialized
func side(of width: Int) -> Int {
    let side: Int
    if width > 0 {
        side = width
    }
    return side
}

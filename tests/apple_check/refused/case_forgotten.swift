// iOS refuses: switch must be exhaustive
enum Position { case front, back, external }

func isMirrored(_ position: Position) -> Bool {
    switch position {
    case .front: true
    case .back: false
    }
}

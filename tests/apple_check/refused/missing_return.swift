// iOS refuses: missing return in global function expected to return 'CGImagePropertyOrientation'
import ImageIO

func orientation(turned: Bool) -> CGImagePropertyOrientation {
    if turned {
        return .right
    }
}

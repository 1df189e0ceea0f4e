// iOS refuses: cannot assign value of type 'Float' to type 'CGFloat'
import CoreGraphics

func move(_ point: inout CGPoint, to x: Float) {
    point.x = x
}

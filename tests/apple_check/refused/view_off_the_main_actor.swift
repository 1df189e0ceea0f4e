// iOS refuses: main actor-isolated
import UIKit

func size(_ view: UIView) -> CGSize {
    view.bounds.size
}

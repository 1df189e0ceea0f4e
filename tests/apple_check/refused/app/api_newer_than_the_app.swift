// iOS refuses: 'mix(with:by:in:)' is only available in iOS 18.0 or newer
import SwiftUI

struct Tint: View {
    var body: some View { Color.red.mix(with: .white, by: 0.5) }
}

import SwiftUI

/// A slider for a threshold between 0 and 1, with its name and its value.
struct ShareSlider: View {
    private let name: String
    @Binding private var value: Float

    init(_ name: String, value: Binding<Float>) {
        self.name = name
        _value = value
    }

    var body: some View {
        VStack(alignment: .leading) {
            Text("\(name): \(Double(value), format: .percent.precision(.fractionLength(0)))")
                .accessibilityHidden(true)
            Slider(value: $value, in: 0.05...0.95, step: 0.05) { Text(name) }
        }
    }
}

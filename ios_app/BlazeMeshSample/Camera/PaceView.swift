import SwiftUI

/// Frames a second, and milliseconds per stage.
struct PaceView: View {
    let pace: Pace

    var body: some View {
        Grid(alignment: .trailing, horizontalSpacing: 8) {
            if let framesPerSecond = pace.framesPerSecond {
                row("frames/s", framesPerSecond)
            }
            ForEach(Pace.Stage.allCases, id: \.self) { stage in
                row("\(stage.rawValue) ms", pace.milliseconds(stage))
            }
        }
        .font(.caption)
        .monospacedDigit()
        .padding(8)
        .background(.regularMaterial, in: RoundedRectangle(cornerRadius: 8))
        .accessibilityElement(children: .combine)
        .accessibilityAddTraits(.updatesFrequently)
    }

    private func row(_ name: String, _ value: Double) -> some View {
        GridRow {
            Text(verbatim: name)
            Text(value, format: .number.precision(.fractionLength(1)))
        }
    }
}

import CoreML
import SwiftUI

/// All that can be set, each with what it means.
struct SettingsView: View {
    @Bindable var finder: FaceFinder

    var body: some View {
        NavigationStack {
            Form {
                if let problem = finder.problem {
                    Label("\(problem.title): \(problem.text)", systemImage: problem.symbol)
                }
                models
                tracking
                Section("Drawn over each face") { LayerToggles(finder: finder) }
                Section {
                    Text("Pictures are looked at on this device and never leave it.")
                }
            }
            .navigationTitle("Settings")
        }
    }

    private var models: some View {
        Section("Models") {
            Picker("Detector", selection: $finder.settings.recipe.detector) {
                Text("Short range, to 2 m").tag(Recipe.Detector.shortRange)
                Text("Full range, to 5 m").tag(Recipe.Detector.fullRange)
            }
            Picker("Mesh", selection: $finder.settings.recipe.mesh) {
                Text("None").tag(Recipe.Mesh.none)
                Text("468 landmarks").tag(Recipe.Mesh.mesh)
                Text("478, with irises").tag(Recipe.Mesh.attention)
            }
            Picker("Computed by", selection: $finder.settings.recipe.computeUnits) {
                Text("Neural Engine").tag(MLComputeUnits.cpuAndNeuralEngine)
                Text("GPU").tag(MLComputeUnits.cpuAndGPU)
                Text("CPU").tag(MLComputeUnits.cpuOnly)
                Text("All of them").tag(MLComputeUnits.all)
            }
            ShareSlider("Detection score", value: $finder.settings.recipe.minimumScore)
            if finder.isLoading { ProgressView("Loading the models…") }
        }
    }

    private var tracking: some View {
        Section("Tracking") {
            Stepper(
                "Faces: \(finder.settings.maximumFaces)", value: $finder.settings.maximumFaces, in: 1...10)
            ShareSlider("Presence", value: $finder.settings.minimumPresence)
            Toggle("Smoothing", isOn: $finder.settings.smoothing)
        }
    }
}

/// A slider for a threshold between 0 and 1, with its name and its value.
private struct ShareSlider: View {
    private static let percent: FloatingPointFormatStyle<Double>.Percent = .percent.precision(.fractionLength(0))

    private let name: String
    @Binding private var value: Float

    init(_ name: String, value: Binding<Float>) {
        self.name = name
        _value = value
    }

    var body: some View {
        VStack(alignment: .leading) {
            Text("\(name): \(Double(value), format: Self.percent)")
                .accessibilityHidden(true)
            // Else what is spoken is how far along the slider its knob is.
            Slider(value: $value, in: 0.05...0.95, step: 0.05) { Text(name) }
                .accessibilityValue(Text(Double(value), format: Self.percent))
        }
    }
}

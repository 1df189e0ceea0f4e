import BlazeMeshCore

/// Prints a line of JSON for each figure.
func printMeasurements() {
    for model in [DetectorModel.blazeFaceShortRange, .blazeFaceFullRange] {
        let scenes: [DetectionScene] = [
            .crowd(model, candidates: 0, faces: 1), .crowd(model, candidates: 1, faces: 1),
            .crowd(model, candidates: 10, faces: 1), .crowd(model, candidates: 200, faces: 10), .all(model),
        ]
        for measurement in scenes.compactMap({ $0.measure() }) { print(measurement.line) }
    }
    let face = FaceScene()
    for measurement in [face.smoothing(), face.pose(), face.trackedFrame()].compactMap({ $0 }) {
        print(measurement.line)
    }
}

printMeasurements()

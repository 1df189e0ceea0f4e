// iOS refuses: non-Sendable
import CoreML

actor Landmarker {
    let model: MLModel

    init(url: URL) throws {
        model = try MLModel(contentsOf: url, configuration: MLModelConfiguration())
    }
}

func borrow(_ landmarker: Landmarker) async -> MLModel {
    await landmarker.model
}

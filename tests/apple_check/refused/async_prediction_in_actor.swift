// iOS refuses: sending 'self.model' risks causing data races
import CoreML

actor Landmarker {
    private let model: MLModel

    init(url: URL) throws {
        model = try MLModel(contentsOf: url, configuration: MLModelConfiguration())
    }

    func answer(_ pixels: CVPixelBuffer) async throws -> Int {
        let input = try MLDictionaryFeatureProvider(dictionary: ["image": MLFeatureValue(pixelBuffer: pixels)])
        return try await model.prediction(from: input).featureNames.count
    }
}

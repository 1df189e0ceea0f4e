// iOS refuses: call can throw, but it is not marked with 'try' and the error is not handled
import CoreML

func load(_ url: URL) -> MLModel {
    MLModel(contentsOf: url, configuration: MLModelConfiguration())
}

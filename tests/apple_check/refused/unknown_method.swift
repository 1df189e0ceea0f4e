// iOS refuses: value of type 'MLModel' has no member 'predict'
import CoreML

func answer(_ model: MLModel, _ input: any MLFeatureProvider) throws -> any MLFeatureProvider {
    try model.predict(input)
}

// iOS refuses: incorrect argument label in call (have 'model:', expected 'for:')
import CoreML
import Vision

func wrap(_ model: MLModel) throws -> VNCoreMLModel {
    try VNCoreMLModel(model: model)
}

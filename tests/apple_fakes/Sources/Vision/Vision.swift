@_exported import CoreGraphics
import CoreML
@_exported import CoreVideo
@_exported import ImageIO

public struct VNImageOption: Hashable, Sendable {}

public enum VNImageCropAndScaleOption: UInt, Sendable {
    case centerCrop, scaleFit, scaleFill
}

public final class VNCoreMLModel {
    let model: MLModel
    public var inputImageFeatureName = ""

    public init(for model: MLModel) throws { self.model = model }
}

public class VNObservation {
    public let confidence: Float

    init(confidence: Float) { self.confidence = confidence }
}

public final class VNRecognizedObjectObservation: VNObservation {
    public let boundingBox: CGRect

    init(confidence: Float, boundingBox: CGRect) {
        self.boundingBox = boundingBox
        super.init(confidence: confidence)
    }
}

public final class VNCoreMLFeatureValueObservation: VNObservation {
    public let featureName: String
    public let featureValue: MLFeatureValue

    init(name: String, value: MLFeatureValue) {
        (featureName, featureValue) = (name, value)
        super.init(confidence: 1)
    }
}

public final class VNCoreMLRequest {
    /// Whether Vision recognises the pipeline's last model: nobody has seen it do so beside a third output.
    nonisolated(unsafe) public static var recognisesObjects = true

    let model: VNCoreMLModel
    public var imageCropAndScaleOption = VNImageCropAndScaleOption.centerCrop
    public internal(set) var results: [VNObservation]?

    public init(model: VNCoreMLModel) { self.model = model }
}

public final class VNImageRequestHandler {
    private let pixels: CVPixelBuffer

    public init(cvPixelBuffer: CVPixelBuffer, options: [VNImageOption: Any]) { pixels = cvPixelBuffer }

    public func perform(_ requests: [VNCoreMLRequest]) throws {
        for request in requests {
            let picture = MLFeatureValue(pixelBuffer: pixels)
            let input = try MLDictionaryFeatureProvider(dictionary: [request.model.inputImageFeatureName: picture])
            let answer = try request.model.model.prediction(from: input)
            request.results = VNCoreMLRequest.recognisesObjects ? objects(answer) : features(answer)
        }
    }

    /// Boxes with their origin in the lower left corner.
    private func objects(_ answer: any MLFeatureProvider) -> [VNObservation] {
        guard let confidence = answer.featureValue(for: "confidence")?.multiArrayValue,
            let boxes = answer.featureValue(for: "coordinates")?.multiArrayValue
        else { return [] }
        return (0..<boxes.shape[0].intValue).map { row in
            let box = (0..<4).map { CGFloat(boxes[[NSNumber(value: row), NSNumber(value: $0)]].doubleValue) }
            let rect = CGRect(x: box[0] - box[2] / 2, y: 1 - box[1] - box[3] / 2, width: box[2], height: box[3])
            let score = confidence[[NSNumber(value: row), 0]].floatValue
            return VNRecognizedObjectObservation(confidence: score, boundingBox: rect)
        }
    }

    private func features(_ answer: any MLFeatureProvider) -> [VNObservation] {
        answer.featureNames.sorted().compactMap { name in
            answer.featureValue(for: name).map { VNCoreMLFeatureValueObservation(name: name, value: $0) }
        }
    }
}

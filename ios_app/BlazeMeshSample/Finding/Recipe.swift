import BlazeFaceFullRangePackage
import BlazeFaceShortRangePackage
import BlazeMesh
import BlazeMeshCore
import CoreML
import FaceMeshAttentionPackage
import FaceMeshPackage

/// What a landmarker is made of. Where this changes another one is needed; all else can change while it runs.
struct Recipe: Hashable, Sendable {
    /// What finds faces.
    enum Detector: Sendable {
        /// Within about two metres.
        case shortRange
        /// Within about five, by a larger network.
        case fullRange

        /// From this score on the model's makers count a detection.
        var ownMinimumScore: Float {
            switch self {
            case .shortRange: DetectorModel.blazeFaceShortRange.scoreThreshold
            case .fullRange: DetectorModel.blazeFaceFullRange.scoreThreshold
            }
        }

        /// Throws where the app was built without the package.
        fileprivate var located: Located<DetectorModel> {
            get throws {
                switch self {
                case .shortRange: try .blazeFaceShortRange
                case .fullRange: try .blazeFaceFullRange
                }
            }
        }
    }

    /// What places landmarks on them.
    enum Mesh: Sendable {
        /// Nothing: faces have a box and six keypoints.
        case none
        /// 468 landmarks.
        case mesh
        /// 478 with the irises, lips and eyes placed better.
        case attention

        fileprivate var located: Located<MeshModel>? {
            get throws {
                switch self {
                case .none: nil
                case .mesh: try .faceMesh
                case .attention: try .faceMeshAttention
                }
            }
        }
    }

    /// What finds faces; another detector comes with its own threshold.
    var detector = Detector.shortRange {
        didSet { minimumScore = detector.ownMinimumScore }
    }
    /// What places landmarks on them.
    var mesh = Mesh.attention
    /// Detections count from this score on, 0 to 1.
    var minimumScore = Detector.shortRange.ownMinimumScore
    /// What Core ML may compute with.
    var computeUnits = MLComputeUnits.cpuAndNeuralEngine

    /// Load the models: seconds when they are compiled, at the app's first start, and little time after that.
    func makeLandmarker(tracking: FaceTracker.Settings) async throws -> FaceLandmarker {
        try await FaceLandmarker(
            detector: detector.located, mesh: mesh.located,
            settings: FaceLandmarker.Settings(
                tracking: tracking, minimumScore: minimumScore, computeUnits: computeUnits))
    }
}

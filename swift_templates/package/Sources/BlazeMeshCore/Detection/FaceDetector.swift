/// What comes behind a BlazeFace network that does not suppress by itself: decoding, and one detection a face.
///
/// A detector keeps its memory from frame to frame: it allocates none once it has seen as many candidates as there
/// are.
public nonisolated struct FaceDetector: Sendable {
    /// The network whose outputs are read.
    public let model: DetectorModel
    /// Candidates count from this score on, 0 to 1.
    public var scoreThreshold: Float {
        didSet { leastLogit = Score.leastLogit(threshold: scoreThreshold) }
    }
    /// Candidates whose intersection over union is strictly above this are one face, 0 to 1.
    public var iouThreshold: Float
    /// How many faces are given at most: the best ones.
    public var maximumFaces: Int

    private let decoder: AnchorDecoder
    private var candidates: Candidates
    private var leastLogit: Float

    /// A detector with a model's own thresholds.
    ///
    /// - Parameters:
    ///   - model: The network.
    ///   - maximumFaces: How many faces are given at most. The time for the worst possible frame grows with it.
    public init(model: DetectorModel, maximumFaces: Int = 10) {
        self.model = model
        self.maximumFaces = maximumFaces
        (scoreThreshold, iouThreshold) = (model.scoreThreshold, model.iouThreshold)
        decoder = AnchorDecoder(model.anchors)
        candidates = Candidates(capacity: decoder.count)
        leastLogit = Score.leastLogit(threshold: model.scoreThreshold)
    }

    /// How many anchors, and so rows of its outputs, the network has.
    public var anchorCount: Int { decoder.count }

    /// The faces in the network's raw outputs.
    ///
    /// Regressors count in pixels of the input, as offsets from the anchors. NaN among them, or as a logit, makes a
    /// candidate that is none; infinities count as float16's largest number.
    /// Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/tensors_to_detections_calculator.cc.
    ///
    /// - Parameters:
    ///   - regressors: Shape [anchors, 16]: centre, width and height of the box, x and y of six keypoints.
    ///   - logits: Shape [anchors].
    ///   - detections: Becomes the faces, the surest first, normalised to the input; grows once and is used again.
    /// - Throws: ``TensorShapeError`` for tensors of other shapes.
    public mutating func detect(
        regressors: TensorView, logits: TensorView, into detections: inout [Detection]
    ) throws(TensorShapeError) {
        try regressors.require(rows: decoder.count, columns: 16)
        try logits.require(rows: decoder.count, columns: 1)
        let (decoder, least, threshold) = (decoder, leastLogit, scoreThreshold)
        let contiguous = regressors.hasContiguousRows
        candidates.suppress(limits, into: &detections) { row in
            decoder.points(regressors.row16(row, contiguous: contiguous), anchor: row)
        } filledBy: { room in
            LogitScan(logits, least: least).forEach { row, logit in
                let score = Score.sigmoid(logit)
                guard score >= threshold, score > 0 else { return }
                let box = decoder.box(regressors.row16(row, contiguous: contiguous), anchor: row)
                guard box.z - box.x >= 0, box.w - box.y >= 0 else { return }
                room.add(row: row, score: score, box: box)
            }
        }
    }

    /// The faces among decoded candidates, one an anchor, as the `…Proposals` packages give them.
    ///
    /// - Parameters:
    ///   - proposals: Shape [anchors, 8, 2]: box minimum, box maximum, six keypoints.
    ///   - scores: Shape [anchors], 0 to 1.
    ///   - detections: Becomes the faces, the surest first; grows once and is used again.
    /// - Throws: ``TensorShapeError`` for tensors of other shapes.
    public mutating func detect(
        proposals: TensorView, scores: TensorView, into detections: inout [Detection]
    ) throws(TensorShapeError) {
        try proposals.require(rows: decoder.count, columns: 16)
        try scores.require(rows: decoder.count, columns: 1)
        let threshold = max(scoreThreshold, .leastNonzeroMagnitude)
        let contiguous = proposals.hasContiguousRows
        candidates.suppress(limits, into: &detections) { row in
            proposals.row16(row, contiguous: contiguous)
        } filledBy: { room in
            LogitScan(scores, least: threshold).forEach { row, score in
                let box = proposals.row16(row, contiguous: contiguous).lowHalf.lowHalf
                guard box.z - box.x >= 0, box.w - box.y >= 0 else { return }
                room.add(row: row, score: score, box: box)
            }
        }
    }

    private var limits: Suppression { Suppression(iouThreshold: iouThreshold, maximumFaces: maximumFaces) }
}

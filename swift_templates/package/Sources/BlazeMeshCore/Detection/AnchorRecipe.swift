/// The layers of a BlazeFace detector, from which its anchors follow.
///
/// Source: google-ai-edge/mediapipe, mediapipe/calculators/tflite/ssd_anchors_calculator.cc.
public nonisolated struct AnchorRecipe: Sendable, Hashable {
    /// The input's width and height in pixels.
    public let inputSide: Int
    /// Pixels between neighbouring cells, for each layer of the network.
    public let strides: [Int]
    /// How many anchors a layer has in each of its cells.
    public let anchorsPerLayer: Int

    /// A recipe; all numbers are positive.
    public init(inputSide: Int, strides: [Int], anchorsPerLayer: Int) {
        precondition(inputSide > 0 && anchorsPerLayer > 0 && strides.allSatisfy { $0 > 0 }, "sizes must be positive")
        (self.inputSide, self.strides, self.anchorsPerLayer) = (inputSide, strides, anchorsPerLayer)
    }

    /// Anchor centres normalised to 0-1, row by row, all of a cell's anchors together.
    ///
    /// Neighbouring layers of one stride share a grid and add up their anchors. Every anchor is 1 × 1 in size, so that
    /// only its centre matters.
    public var centers: [SIMD2<Float>] {
        var centers: [SIMD2<Float>] = []
        var first = 0
        while first < strides.count {
            let layers = strides[first...].prefix { $0 == strides[first] }.count
            appendGrid(stride: strides[first], anchors: layers * anchorsPerLayer, to: &centers)
            first += layers
        }
        return centers
    }

    private func appendGrid(stride: Int, anchors: Int, to centers: inout [SIMD2<Float>]) {
        let side = (inputSide + stride - 1) / stride
        for row in 0..<side {
            for column in 0..<side {
                let center = (SIMD2(Float(column), Float(row)) + 0.5) / Float(side)
                centers.append(contentsOf: repeatElement(center, count: anchors))
            }
        }
    }
}

import AVFoundation
import CoreImage
import CoreML
import Observation
import SwiftUI
import Vision
import os

/// What the faults beside it get wrong, done right; it must be accepted on every platform.
actor Reader {
  private let model: MLModel
  private let context = CIContext(options: [.workingColorSpace: NSNull()])
  private let log = Logger(subsystem: "blazemesh", category: "check")

  init(compiled url: URL) async throws {
    let configuration = MLModelConfiguration()
    configuration.computeUnits = .cpuAndNeuralEngine
    model = try await MLModel.load(contentsOf: url, configuration: configuration)
  }

  func strides(_ frame: Frame) throws -> [Int] {
    let picture = CIImage(cvPixelBuffer: frame.buffer).transformed(
      by: CGAffineTransform(scaleX: 0.5, y: 0.5))
    var pool: CVPixelBufferPool?
    let attributes: [CFString: Any] = [kCVPixelBufferWidthKey: 192, kCVPixelBufferHeightKey: 192]
    CVPixelBufferPoolCreate(kCFAllocatorDefault, nil, attributes as CFDictionary, &pool)
    var crop: CVPixelBuffer?
    guard let pool,
      CVPixelBufferPoolCreatePixelBuffer(kCFAllocatorDefault, pool, &crop) == kCVReturnSuccess,
      let crop
    else { return [] }
    context.render(picture, to: crop, bounds: picture.extent, colorSpace: nil)
    let input = try MLDictionaryFeatureProvider(dictionary: [
      "image": MLFeatureValue(pixelBuffer: crop)
    ])
    let answer = try model.prediction(from: input)
    log.info("\(answer.featureNames.count) outputs")
    return answer.featureValue(for: "landmarks")?.multiArrayValue?.strides.map(\.intValue) ?? []
  }
}

/// Nothing writes into the buffer once it is a frame's.
struct Frame: @unchecked Sendable {
  let buffer: CVPixelBuffer
}

func mayUseCamera(_ status: AVAuthorizationStatus) -> Bool {
  switch status {
  case .authorized: true
  case .notDetermined, .restricted, .denied: false
  @unknown default: false
  }
}

let settings: [String: any Sendable] = [
  kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_32BGRA
]

@Observable @MainActor final class Model {
  var faces = 0
}

struct Overlay: View {
  @State private var model = Model()

  var body: some View {
    Canvas { context, size in
      context.stroke(Path(CGRect(origin: .zero, size: size)), with: .color(.green), lineWidth: 2)
    }
    .overlay { if model.faces > 0 { Text(verbatim: "\(model.faces)") } }
    .task { model.faces += 1 }
  }
}

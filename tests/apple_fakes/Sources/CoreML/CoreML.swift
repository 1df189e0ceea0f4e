@_exported import CoreVideo

extension URL {
    /// Only Apple's Foundation has it.
    public static var cachesDirectory: URL {
        FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask)[0]
    }
}

public enum MLComputeUnits: Int, Sendable {
    case cpuOnly, cpuAndGPU, all, cpuAndNeuralEngine
}

public final class MLModelConfiguration {
    public var computeUnits = MLComputeUnits.all

    public init() {}
}

public enum MLMultiArrayDataType: Int, Sendable {
    case float32 = 65568
    case int32 = 131104
}

/// A tensor as a model hands it over: its rows may be padded, and the padding is NaN.
public final class MLMultiArray {
    public let shape: [NSNumber]
    public let strides: [NSNumber]
    public let dataType: MLMultiArrayDataType
    /// As many bytes as `withUnsafeBytes` shows.
    let shown: Int
    private var bytes: [UInt8]

    public convenience init(shape: [NSNumber], dataType: MLMultiArrayDataType) throws {
        let count = shape.reduce(1) { $0 * $1.intValue }
        self.init(
            shape: shape.map(\.intValue), dataType: dataType, values: Array(repeating: 0, count: count), padding: 0)
    }

    init(shape: [Int], dataType: MLMultiArrayDataType, values: [Float], padding: Int, hidesPadding: Bool = false) {
        var strides = [1]
        for size in shape.dropFirst().reversed() {
            strides.insert(strides[0] * size + padding, at: 0)
        }
        self.shape = shape.map { NSNumber(value: $0) }
        self.strides = strides.map { NSNumber(value: $0) }
        self.dataType = dataType
        var words = [Float](repeating: .nan, count: strides[0] * shape[0])
        for (index, value) in values.enumerated() {
            let place = Self.offset(index, shape, strides)
            words[place] = dataType == .int32 ? Float(bitPattern: UInt32(bitPattern: Int32(value))) : value
        }
        bytes = words.withUnsafeBytes { Array($0) }
        shown = hidesPadding ? 4 * values.count : bytes.count
    }

    private static func offset(_ index: Int, _ shape: [Int], _ strides: [Int]) -> Int {
        var (rest, offset) = (index, 0)
        for (size, stride) in zip(shape, strides).reversed() {
            offset += rest % size * stride
            rest /= size
        }
        return offset
    }

    public var count: Int { shape.reduce(1) { $0 * $1.intValue } }

    public subscript(index: Int) -> NSNumber {
        get { number(at: Self.offset(index, shape.map(\.intValue), strides.map(\.intValue))) }
        set { store(newValue, at: Self.offset(index, shape.map(\.intValue), strides.map(\.intValue))) }
    }

    public subscript(place: [NSNumber]) -> NSNumber {
        number(at: zip(place, strides).reduce(0) { $0 + $1.0.intValue * $1.1.intValue })
    }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0.prefix(shown))) }
    }

    private func number(at offset: Int) -> NSNumber {
        let word = bytes.withUnsafeBytes { $0.load(fromByteOffset: 4 * offset, as: UInt32.self) }
        return dataType == .int32 ? NSNumber(value: Int32(bitPattern: word)) : NSNumber(value: Float(bitPattern: word))
    }

    private func store(_ number: NSNumber, at offset: Int) {
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: number.floatValue.bitPattern, toByteOffset: 4 * offset, as: UInt32.self)
        }
    }
}

public final class MLFeatureValue {
    public let multiArrayValue: MLMultiArray?
    public let imageBufferValue: CVPixelBuffer?

    public init(pixelBuffer: CVPixelBuffer) { (multiArrayValue, imageBufferValue) = (nil, pixelBuffer) }
    public init(multiArray: MLMultiArray) { (multiArrayValue, imageBufferValue) = (multiArray, nil) }
}

public protocol MLFeatureProvider: AnyObject {
    var featureNames: Set<String> { get }
    func featureValue(for name: String) -> MLFeatureValue?
}

public final class MLDictionaryFeatureProvider: MLFeatureProvider {
    private let features: [String: MLFeatureValue]

    public init(dictionary: [String: Any]) throws {
        features = dictionary.compactMapValues { $0 as? MLFeatureValue }
    }

    public var featureNames: Set<String> { Set(features.keys) }
    public func featureValue(for name: String) -> MLFeatureValue? { features[name] }
}

/// An answer as it was recorded: the tensors by name.
public struct Recording: Codable, Sendable {
    public struct Tensor: Codable, Sendable {
        public var shape: [Int]
        public var values: [Float]
        public var isWhole: Bool
    }

    public var outputs: [String: Tensor]
    /// How many elements lie between rows, planes and so on, unused.
    public var padding: Int
    public var hidesPadding: Bool
}

/// A model that answers with what is recorded in its folder, whatever it is shown; it keeps what it was shown.
public final class MLModel {
    public struct Shown {
        public let model: String
        public let pixels: CVPixelBuffer
        public let scalars: [String: Float]
    }

    nonisolated(unsafe) public static var shown: [Shown] = []
    nonisolated(unsafe) public static var compilations = 0
    /// How long models take to load, by name.
    nonisolated(unsafe) public static var delays: [String: Duration] = [:]
    /// Whether models can't be loaded.
    nonisolated(unsafe) public static var refuses = false
    /// How many seconds a prediction takes.
    nonisolated(unsafe) public static var predictionTime = 0.0

    private let name: String
    private let recording: Recording

    private init(_ url: URL) throws {
        name = url.deletingPathExtension().lastPathComponent
        recording = try JSONDecoder().decode(
            Recording.self, from: Data(contentsOf: url.appendingPathComponent("answer.json")))
    }

    public class func load(contentsOf url: URL, configuration: MLModelConfiguration) async throws -> MLModel {
        guard url.pathExtension == "mlmodelc", !refuses else { throw CocoaError(.fileReadUnknown) }
        let name = url.lastPathComponent.prefix { $0 != "-" }
        // As Core ML's, it can't be cancelled.
        if let delay = delays[String(name)] { await Task { try? await Task.sleep(for: delay) }.value }
        return try MLModel(url)
    }

    public class func compileModel(at url: URL) async throws -> URL {
        compilations += 1
        let name = url.deletingPathExtension().lastPathComponent
        let compiled = FileManager.default.temporaryDirectory.appendingPathComponent(
            "\(name)-\(UUID().uuidString).mlmodelc")
        try FileManager.default.copyItem(at: url, to: compiled)
        return compiled
    }

    public func prediction(from input: any MLFeatureProvider) throws -> any MLFeatureProvider {
        Thread.sleep(forTimeInterval: Self.predictionTime)
        var scalars: [String: Float] = [:]
        for feature in input.featureNames {
            guard let value = input.featureValue(for: feature) else { continue }
            if let array = value.multiArrayValue { scalars[feature] = array[0].floatValue }
        }
        if let pixels = input.featureValue(for: "image")?.imageBufferValue {
            Self.shown.append(Shown(model: name, pixels: pixels, scalars: scalars))
        }
        return try MLDictionaryFeatureProvider(
            dictionary: recording.outputs.mapValues { MLFeatureValue(multiArray: array($0)) })
    }

    private func array(_ tensor: Recording.Tensor) -> MLMultiArray {
        MLMultiArray(
            shape: tensor.shape, dataType: tensor.isWhole ? .int32 : .float32, values: tensor.values,
            padding: recording.padding, hidesPadding: recording.hidesPadding)
    }
}

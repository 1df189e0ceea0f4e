#if canImport(CoreML)
    #if canImport(BlazeMeshCore)
        import BlazeMeshCore
    #endif
    import CoreML
    import CoreVideo

    /// A loaded model that takes a picture and gives tensors. Not sendable: an actor keeps it.
    nonisolated struct Network {
        /// What is known of the package.
        let package: ModelPackage
        private let model: MLModel

        init(_ package: ModelPackage, model: MLModel) {
            (self.package, self.model) = (package, model)
        }

        /// The tensors for a picture of the network's size; `scalars` by name, where they aren't to be the package's own.
        func predict(_ picture: CVPixelBuffer, scalars: [String: Float] = [:]) throws -> Tensors {
            var features: [String: Any] = [package.image.name: MLFeatureValue(pixelBuffer: picture)]
            for (name, value) in scalars {
                let array = try MLMultiArray(shape: [1], dataType: .float32)
                array[0] = NSNumber(value: value)
                features[name] = MLFeatureValue(multiArray: array)
            }
            let input = try MLDictionaryFeatureProvider(dictionary: features)
            let answer = try model.prediction(from: input)
            return Tensors(package: package) { answer.featureValue(for: $0) }
        }
    }

    /// What a network gave.
    nonisolated struct Tensors {
        private let package: ModelPackage
        private let feature: (String) -> MLFeatureValue?

        /// A package's outputs, which `feature` gives by name.
        init(package: ModelPackage, feature: @escaping (String) -> MLFeatureValue?) {
            (self.package, self.feature) = (package, feature)
        }

        /// Read an output in place, whatever its strides are: the Neural Engine pads rows.
        ///
        /// - Throws: ``BlazeMeshError/unexpectedOutput(model:output:found:)``, or what `body` throws.
        func read<Result>(_ name: String, _ body: (TensorView) throws -> Result) throws -> Result {
            let array = try self.array(name)
            guard array.dataType == .float32, (1...3).contains(array.shape.count) else {
                throw unexpected(name, "\(array.shape.count) axes of type \(array.dataType.rawValue)")
            }
            let (shape, strides) = (axes(array.shape), axes(array.strides))
            let found: Result? = try array.withUnsafeBytes { bytes in
                try TensorView(bytes, shape: shape, strides: strides).map(body)
            }
            if let found { return found }
            // Core ML counts padding out of the bytes that it hands over.
            return try copy(of: array, shape).withUnsafeBytes { bytes in
                let packed = SIMD3(shape.y * shape.z, shape.z, 1)
                guard let view = TensorView(bytes, shape: shape, strides: packed) else {
                    throw unexpected(name, "no tensor of its shape")
                }
                return try body(view)
            }
        }

        /// The elements one after the other, each fetched by its place.
        private func copy(of array: MLMultiArray, _ shape: SIMD3<Int>) -> [Float] {
            let axes = array.shape.count
            return (0..<shape.x * shape.y * shape.z).map { index in
                let place = [index / (shape.y * shape.z), index / shape.z % shape.y, index % shape.z]
                return array[place.prefix(axes).map(NSNumber.init(value:))].floatValue
            }
        }

        /// An output of one number.
        func number(_ name: String) throws -> Float {
            let array = try self.array(name)
            guard array.count == 1 else { throw unexpected(name, "\(array.count) numbers, not one,") }
            return array[0].floatValue
        }

        /// An output of one whole number.
        func wholeNumber(_ name: String) throws -> Int {
            let found = try number(name)
            guard let whole = Int(exactly: found) else { throw unexpected(name, "\(found), not a whole number,") }
            return whole
        }

        private func array(_ name: String) throws -> MLMultiArray {
            guard let array = feature(name)?.multiArrayValue else {
                throw unexpected(name, "no array")
            }
            return array
        }

        private func axes(_ numbers: [NSNumber]) -> SIMD3<Int> {
            var axes = SIMD3<Int>(repeating: 1)
            for (axis, number) in numbers.enumerated() {
                axes[axis] = number.intValue
            }
            return axes
        }

        private func unexpected(_ output: String, _ found: String) -> BlazeMeshError {
            .unexpectedOutput(model: package.name, output: output, found: found)
        }
    }
#endif

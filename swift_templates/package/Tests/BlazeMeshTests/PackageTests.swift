#if canImport(CoreML)
    import BlazeMesh
    import BlazeMeshCore
    import CoreML
    import XCTest

    /// Every package in Core ML, on the CPU alone, held to what its bytes mean.
    final class PackageTests: XCTestCase {
        func testPackagesGiveWhatTheirBytesMean() async throws {
            let packages = try Packages()
            for located in packages.detectorModels { try await check(located.model.package, at: located.url) }
            for located in packages.meshModels { try await check(located.model.package, at: located.url) }
            for located in packages.eyeModels { try await check(located.model.package, at: located.url) }
        }

        private func check(_ package: ModelPackage, at url: URL) async throws {
            let configuration = MLModelConfiguration()
            configuration.computeUnits = .cpuOnly
            let compiled = try await MLModel.compileModel(at: url)
            defer { try? FileManager.default.removeItem(at: compiled) }
            let model = try await MLModel.load(contentsOf: compiled, configuration: configuration)
            try compare(package, model)
        }

        private func compare(_ package: ModelPackage, _ model: MLModel) throws {
            let picture = try XCTUnwrap(
                try PackageVectors.load().cases.first { $0.package(package.name) != nil },
                "no vectors of \(package.name): write them with make vectors")
            let features = [package.image.name: MLFeatureValue(pixelBuffer: try picture.pixelBuffer())]
            let answer = try model.prediction(from: try MLDictionaryFeatureProvider(dictionary: features))
            for output in try XCTUnwrap(picture.package(package.name)).outputs {
                let label = "\(package.name)'s \(output.name)"
                let array = try XCTUnwrap(answer.featureValue(for: output.name)?.multiArrayValue, label)
                XCTAssertEqual(array.shape.map(\.intValue), output.shape, label)
                guard array.shape.map(\.intValue) == output.shape else { continue }
                let found = elements(of: array, rows: output.rows)
                XCTAssertEqual(found.count, output.values.count, label)
                let largest = zip(found, output.values).map { abs($0 - $1) }.max() ?? .infinity
                XCTAssertLessThanOrEqual(largest, output.tolerance, label)
            }
        }

        /// The elements of some rows, each fetched by its place: the strides are Core ML's own.
        private func elements(of array: MLMultiArray, rows: [Int]) -> [Float] {
            let axes = array.shape.dropFirst().map(\.intValue)
            return rows.flatMap { row in
                (0..<axes.reduce(1, *)).map { index in
                    var (place, rest) = ([Int](), index)
                    for size in axes.reversed() {
                        place.insert(rest % size, at: 0)
                        rest /= size
                    }
                    return array[([row] + place).map { NSNumber(value: $0) }].floatValue
                }
            }
        }

        func testEveryDetectorAndMeshFindsTheFace() async throws {
            let packages = try Packages()
            for detector in packages.detectorModels where detector.model.form != .vision {
                for mesh in packages.meshModels {
                    let settings = FaceLandmarker.Settings(computeUnits: .cpuOnly)
                    let landmarker = try await FaceLandmarker(detector: detector, mesh: mesh, settings: settings)
                    let faces = try await landmarker.track(try photograph(for: detector.model))
                    let label = "\(detector.model.package.name), \(mesh.model.package.name)"
                    XCTAssertEqual(faces.count, 1, label)
                    XCTAssertEqual(faces.first?.landmarks.count, mesh.model.landmarkCount, label)
                }
            }
        }

        func testVisionFindsTheFace() async throws {
            for detector in try Packages().detectorModels where detector.model.form == .vision {
                let vision = try await VisionFaceDetector(detector: detector, computeUnits: .cpuOnly)
                let faces = try await vision.detect(try photograph(for: detector.model))
                XCTAssertEqual(faces.count, 1, detector.model.package.name)
                try compareBox(faces.first, with: detector.model)
            }
        }

        /// The box in the whole picture, a square, is the one that the package alone gives.
        private func compareBox(_ face: VisionFace?, with model: DetectorModel) throws {
            let face = try XCTUnwrap(face)
            let package = try XCTUnwrap(try picture(for: model).package(model.package.name))
            let output = try XCTUnwrap(package.outputs.first { $0.name == "coordinates" })
            let (center, size) = ((face.boxMinimum + face.boxMaximum) / 2, face.boxMaximum - face.boxMinimum)
            for (found, expected) in zip([center.x, center.y, size.x, size.y], output.values) {
                XCTAssertEqual(found, expected, accuracy: output.tolerance, model.package.name)
            }
        }

        private func photograph(for model: DetectorModel) throws -> CameraFrame {
            CameraFrame(pixels: try picture(for: model).pixelBuffer(), timestamp: 0)
        }

        private func picture(for model: DetectorModel) throws -> PictureCase {
            try XCTUnwrap(try PackageVectors.load().cases.first { $0.package(model.package.name) != nil })
        }
    }
#endif

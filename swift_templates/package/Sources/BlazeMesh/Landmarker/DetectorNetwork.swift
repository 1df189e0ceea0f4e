#if canImport(CoreML)
    #if canImport(BlazeMeshCore)
        import BlazeMeshCore
    #endif
    import CoreML
    import CoreVideo

    /// A detector's package in use: a picture in, detections out. Not sendable: an actor keeps it.
    nonisolated struct DetectorNetwork {
        private let network: Network
        private let cropper: RegionCropper
        private let form: DetectorModel.Form
        private var suppression: FaceDetector

        /// - Throws: ``BlazeMeshError/wrongForm(name:form:expected:)`` for a package that is Vision's.
        init(_ model: DetectorModel, loaded: MLModel, minimumScore: Float?) throws {
            guard model.form != .vision else {
                throw BlazeMeshError.wrongForm(
                    name: model.package.name, form: "faces for Vision", expected: "faces or proposals")
            }
            network = Network(model.package, model: loaded)
            cropper = try RegionCropper(side: model.package.image.width, border: .black)
            form = model.form
            suppression = FaceDetector(model: model)
            suppression.scoreThreshold = minimumScore ?? model.scoreThreshold
        }

        /// The faces in a picture, the surest first, normalised to the square around the whole of it.
        mutating func detect(
            _ picture: UprightPicture, into detections: inout [Detection], timings: inout FaceLandmarker.Timings
        ) throws {
            guard let whole = Region.wholeFrame(size: picture.size) else { throw BlazeMeshError.emptyPicture }
            let crop = try timings.measure(\.crop) { try cropper.crop(picture, to: whole) }
            try timings.measure(\.detector) { try read(crop, into: &detections) }
        }

        private mutating func read(_ crop: CVPixelBuffer, into detections: inout [Detection]) throws {
            guard form == .proposals else {
                return try readFaces(try network.predict(crop, scalars: scalars), &detections)
            }
            let found = try network.predict(crop)
            try found.read("landmarks") { landmarks in
                try found.read("scores") { scores in
                    try suppression.detect(proposals: landmarks, scores: scores, into: &detections)
                }
            }
        }

        private var scalars: [String: Float] { ["scoreThreshold": suppression.scoreThreshold] }

        private func readFaces(_ found: Tensors, _ detections: inout [Detection]) throws {
            let count = try found.wholeNumber("count")
            try found.read("landmarks") { landmarks in
                try found.read("confidence") { confidence in
                    try Detection.read(landmarks: landmarks, confidence: confidence, count: count, into: &detections)
                }
            }
        }
    }
#endif

#if canImport(CoreML)
    #if canImport(BlazeMeshCore)
        import BlazeMeshCore
    #endif
    import CoreML
    import Vision

    /// Finds faces through Vision, with a package of the form `vision`.
    ///
    /// For apps whose pictures go through Vision already; ``FaceLandmarker`` needs no Vision. The picture is cut to the
    /// letterboxed square here, not by Vision, whose boxes then are the square's whatever its crop option is.
    public actor VisionFaceDetector {
        private let model: DetectorModel
        private let request: VNCoreMLRequest
        private let cropper: RegionCropper

        /// Load the package.
        ///
        /// - Parameters:
        ///   - detector: A package of the form `vision`.
        ///   - computeUnits: What Core ML may compute with.
        /// - Throws: ``BlazeMeshError``, or Vision's errors.
        public init(
            detector: Located<DetectorModel>, computeUnits: MLComputeUnits = .cpuAndNeuralEngine
        ) async throws {
            let package = detector.model.package
            guard detector.model.form == .vision else {
                let form = detector.model.form.rawValue
                throw BlazeMeshError.wrongForm(name: package.name, form: form, expected: "faces for Vision")
            }
            let loaded = try await ModelLoader(computeUnits: computeUnits).load(detector.url)
            let seen = try VNCoreMLModel(for: loaded)
            seen.inputImageFeatureName = package.image.name
            model = detector.model
            request = VNCoreMLRequest(model: seen)
            request.imageCropAndScaleOption = .scaleFill
            cropper = try RegionCropper(side: package.image.width, border: .black)
        }

        /// The faces in a picture, the surest first.
        ///
        /// - Parameters:
        ///   - picture: Any picture that Core Image reads.
        ///   - orientation: How it is to be turned to stand upright.
        /// - Returns: Faces, normalised to the upright picture.
        /// - Throws: ``BlazeMeshError``, or Vision's errors.
        public func detect(_ picture: CGImage, orientation: CGImagePropertyOrientation = .up) throws -> [VisionFace] {
            try detect(try UprightPicture(picture, orientation: orientation))
        }

        /// The faces in a frame, the surest first.
        ///
        /// - Throws: ``BlazeMeshError``, or Vision's errors.
        public func detect(_ frame: CameraFrame) throws -> [VisionFace] {
            try detect(try UprightPicture(frame.pixels, orientation: frame.orientation))
        }

        private func detect(_ picture: UprightPicture) throws -> [VisionFace] {
            guard let whole = Region.wholeFrame(size: picture.size) else { throw BlazeMeshError.emptyPicture }
            let crop = try cropper.crop(picture, to: whole)
            try VNImageRequestHandler(cvPixelBuffer: crop, options: [:]).perform([request])
            let observations = request.results ?? []
            let letterbox = Letterbox(frameSize: picture.size)
            let boxes = observations.compactMap { $0 as? VNRecognizedObjectObservation }
            if !boxes.isEmpty { return boxes.map { face($0, in: letterbox) }.sorted { $0.score > $1.score } }
            return try faces(observations.compactMap { $0 as? VNCoreMLFeatureValueObservation }, in: letterbox)
        }

        /// Vision's own boxes have their origin in the lower left corner.
        private func face(_ observation: VNRecognizedObjectObservation, in letterbox: Letterbox) -> VisionFace {
            let box = observation.boundingBox
            let low = SIMD2(Float(box.minX), Float(1 - box.maxY))
            let high = SIMD2(Float(box.maxX), Float(1 - box.minY))
            return VisionFace(
                score: observation.confidence, boxMinimum: letterbox.toFrame(low),
                boxMaximum: letterbox.toFrame(high), detection: nil)
        }

        /// The package's own outputs, where Vision hands them over as they are.
        private func faces(
            _ observations: [VNCoreMLFeatureValueObservation], in letterbox: Letterbox
        ) throws -> [VisionFace] {
            guard !observations.isEmpty else { return [] }
            let tensors = Tensors(package: model.package) { name in
                observations.first { $0.featureName == name }?.featureValue
            }
            var detections: [Detection] = []
            try tensors.read("confidence") { confidence in
                try tensors.read("landmarks") { landmarks in
                    var row: [Float] = (0..<confidence.rows).map { confidence[$0, 0] }
                    let count = min(row.count, landmarks.rows)
                    row += Array(repeating: 0, count: max(landmarks.rows - row.count, 0))
                    try row.withUnsafeBufferPointer { scores in
                        guard let scores = TensorView(scores, rows: landmarks.rows) else { return }
                        try Detection.read(landmarks: landmarks, confidence: scores, count: count, into: &detections)
                    }
                }
            }
            return detections.map(letterbox.toFrame).map {
                VisionFace(
                    score: $0.score, boxMinimum: $0.boxMinimum, boxMaximum: $0.boxMaximum, detection: $0)
            }
        }
    }
#endif

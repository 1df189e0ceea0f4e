#if canImport(CoreML)
    #if canImport(BlazeMeshCore)
        import BlazeMeshCore
    #endif
    import CoreML

    /// A mesh's package in use: a region of a picture in, landmarks out. Not sendable: an actor keeps it.
    nonisolated struct MeshNetwork {
        private let network: Network
        private let cropper: RegionCropper

        init(_ model: MeshModel, loaded: MLModel) throws {
            network = Network(model.package, model: loaded)
            cropper = try RegionCropper(side: model.package.image.width, border: .replicated)
        }

        /// What the network says of a region.
        func look(
            at region: Region, of picture: UprightPicture, into crop: inout CropLandmarks,
            timings: inout FaceLandmarker.Timings
        ) throws {
            let pixels = try timings.measure(\.crop) { try cropper.crop(picture, to: region) }
            try timings.measure(\.mesh) {
                let found = try network.predict(pixels)
                let presence = try found.number("presence")
                try found.read("landmarks") { try crop.read($0, presence: presence) }
            }
        }
    }
#endif

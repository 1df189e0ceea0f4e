#if canImport(CoreML)
    #if canImport(BlazeMeshCore)
        import BlazeMeshCore
    #endif
    import Foundation

    /// A model and the place where its package lies.
    ///
    /// The modules that carry a model have it ready, such as `Located.faceMesh`; for a model elsewhere say where it is.
    public nonisolated struct Located<Model: Sendable>: Sendable {
        /// What is known of the model.
        public let model: Model
        /// An `.mlmodelc`, or an `.mlpackage`, which is compiled when it is first loaded.
        public let url: URL

        /// A model at `url`.
        public init(_ model: Model, at url: URL) {
            (self.model, self.url) = (model, url)
        }

        /// A model that a bundle carries, in its folder `Models` or beside its other resources.
        ///
        /// Xcode compiles the packages that are an app's own resources; a Swift package's stay as they are. The compiled
        /// model is taken where both are there.
        ///
        /// - Throws: ``BlazeMeshError/modelMissing(name:bundle:)`` where the bundle has neither.
        public init(_ model: Model, named name: String, in bundle: Bundle) throws {
            for fileExtension in ["mlmodelc", "mlpackage"] {
                for folder in ["Models", nil] {
                    if let url = bundle.url(forResource: name, withExtension: fileExtension, subdirectory: folder) {
                        self.init(model, at: url)
                        return
                    }
                }
            }
            throw BlazeMeshError.modelMissing(name: name, bundle: bundle.bundleURL.lastPathComponent)
        }
    }
#endif

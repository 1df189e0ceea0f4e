#if canImport(CoreML)
    import CoreML
    import Foundation

    /// Packages on disk → models in memory; what was compiled once is kept, under the digest of what it was made of.
    nonisolated struct ModelLoader: Sendable {
        /// Where compiled models are kept.
        var cache = URL.cachesDirectory.appending(path: "BlazeMesh", directoryHint: .isDirectory)
        /// What Core ML may compute with.
        var computeUnits: MLComputeUnits

        /// The model at `url`.
        ///
        /// - Throws: ``BlazeMeshError/modelUnreadable(name:reason:)``.
        func load(_ url: URL) async throws -> MLModel {
            let name = url.deletingPathExtension().lastPathComponent
            do {
                guard url.pathExtension != "mlmodelc" else { return try await open(url) }
                let kept = cache.appending(path: "\(name)-\(try PackageDigest.digest(of: url)).mlmodelc")
                if FileManager.default.fileExists(atPath: kept.path), let model = try? await open(kept) { return model }
                // Nothing is kept, or what is kept was made by another system and no longer loads.
                return try await open(try await compile(url, keepingAt: kept))
            } catch {
                throw BlazeMeshError.modelUnreadable(name: name, reason: error.localizedDescription)
            }
        }

        private func open(_ compiled: URL) async throws -> MLModel {
            let configuration = MLModelConfiguration()
            configuration.computeUnits = computeUnits
            return try await MLModel.load(contentsOf: compiled, configuration: configuration)
        }

        /// Compile a package; Core ML puts the result into a temporary folder, from where it is moved.
        private func compile(_ package: URL, keepingAt kept: URL) async throws -> URL {
            let compiled = try await MLModel.compileModel(at: package)
            let files = FileManager.default
            do {
                try files.createDirectory(at: cache, withIntermediateDirectories: true)
                try? files.removeItem(at: kept)
                try files.moveItem(at: compiled, to: kept)
                removeOthers(than: kept, of: package.deletingPathExtension().lastPathComponent)
                return kept
            } catch {
                // No room, or another loader was faster: the model is as good where it is.
                return compiled
            }
        }

        /// What earlier versions of a package were compiled to.
        private func removeOthers(than kept: URL, of name: String) {
            let files = FileManager.default
            let compiled = (try? files.contentsOfDirectory(at: cache, includingPropertiesForKeys: nil)) ?? []
            for other in compiled where other.lastPathComponent != kept.lastPathComponent {
                if other.lastPathComponent.hasPrefix("\(name)-") { try? files.removeItem(at: other) }
            }
        }
    }
#endif

import BlazeMesh
import BlazeMeshCore
import Foundation

/// Where the packages lie that the modules with a model would carry.
nonisolated(unsafe) public var modelsFolder = URL(fileURLWithPath: ".")

/// A package in that folder, or the error that a bundle without it gives.
public func located<Model: Sendable>(_ model: Model, _ package: ModelPackage) throws -> Located<Model> {
    let url = modelsFolder.appendingPathComponent("\(package.name).mlpackage")
    guard FileManager.default.fileExists(atPath: url.path) else {
        throw BlazeMeshError.modelMissing(name: package.name, bundle: "Sample.app")
    }
    return Located(model, at: url)
}

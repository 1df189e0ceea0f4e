import Foundation

struct NoGoldenFolder: Error, CustomStringConvertible {
    let description = "no folder tests/golden above this file; set BLAZEMESH_GOLDEN to the repository's"
}

/// The folder of vectors: above this file, or named by BLAZEMESH_GOLDEN.
func goldenFolder() throws -> URL {
    if let folder = ProcessInfo.processInfo.environment["BLAZEMESH_GOLDEN"] { return URL(fileURLWithPath: folder) }
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
        folder.deleteLastPathComponent()
        let golden = folder.appendingPathComponent("tests/golden")
        if FileManager.default.fileExists(atPath: golden.path) { return golden }
    }
    throw NoGoldenFolder()
}

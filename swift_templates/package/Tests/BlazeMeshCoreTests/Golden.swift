import Foundation

/// A file of vectors, written by the Python twins: `make vectors`.
struct Golden<Case: Decodable>: Decodable {
    let what: String
    let tolerance: Float
    let cases: [Case]

    /// The file tests/golden/`name`.json of the repository, or of the folder that BLAZEMESH_GOLDEN names.
    static func load(_ name: String) throws -> Golden {
        try load(name, from: goldenFolder())
    }

    static func load(_ name: String, from folder: URL) throws -> Golden {
        let data = try Data(contentsOf: folder.appendingPathComponent("\(name).json"))
        return try JSONDecoder().decode(Golden.self, from: data)
    }
}

/// The largest difference of two lists; infinite where they are not of one length or one number is NaN.
func difference(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) }.reduce(0) { $0 >= $1 ? $0 : ($1.isNaN ? .infinity : $1) }
}

#if canImport(CoreML)
    import CryptoKit
    import Foundation

    /// What tells one package from another: SHA-256 over its files, as `manifest.json` and `ModelPackage.sha256` have it.
    nonisolated enum PackageDigest {
        /// The digest of the files below `folder`: over the lines "path, NUL, SHA-256 of the file, newline", sorted.
        static func digest(of folder: URL) throws -> String {
            let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            var lines: [String] = []
            for path in paths {
                let file = folder.appending(path: path)
                guard let bytes = try? Data(contentsOf: file, options: .mappedIfSafe) else { continue }
                lines.append("\(path)\0\(hexadecimal(SHA256.hash(data: bytes)))\n")
            }
            return hexadecimal(SHA256.hash(data: Data(lines.sorted().joined().utf8)))
        }

        private static func hexadecimal(_ digest: SHA256.Digest) -> String {
            let digits = Array("0123456789abcdef")
            return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
        }
    }
#endif

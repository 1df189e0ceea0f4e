import BlazeMeshCore

/// Faces in words: how many, and where the only one is, so that users who don't see the picture can aim.
enum FaceSummary {
    static func text(for faces: [Face]) -> String {
        guard let first = faces.first else { return "No face found" }
        guard faces.count == 1 else { return "\(faces.count) faces" }
        return "One face, \(place(of: first))"
    }

    /// In the picture as it is shown: a mirrored one's left is the user's own.
    private static func place(of face: Face) -> String {
        guard let center = center(of: face) else { return "somewhere" }
        let row = center.y < 1.0 / 3 ? "top" : center.y > 2.0 / 3 ? "bottom" : nil
        let column = center.x < 1.0 / 3 ? "left" : center.x > 2.0 / 3 ? "right" : nil
        let words = [row, column].compactMap(\.self)
        return words.isEmpty ? "in the middle" : "at the \(words.joined(separator: " "))"
    }

    /// Where a mesh looked, or else where the detector's box is; normalised to the picture.
    private static func center(of face: Face) -> SIMD2<Float>? {
        if let region = face.region { return region.center }
        return face.detection.map { ($0.boxMinimum + $0.boxMaximum) / 2 }
    }
}

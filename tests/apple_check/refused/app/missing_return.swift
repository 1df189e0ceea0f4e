// iOS refuses: missing return in instance method expected to return 'String'
import BlazeMeshCore

struct Summary {
    func text(for faces: [Face]) -> String { if faces.isEmpty { return "No face found" } }
}

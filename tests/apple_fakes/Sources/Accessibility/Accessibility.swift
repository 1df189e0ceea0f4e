public enum AccessibilityNotification {
    public struct Announcement {
        nonisolated(unsafe) public static var posted: [String] = []
        private let text: String

        public init(_ text: String) { self.text = text }
        public func post() { Self.posted.append(text) }
    }
}

import Accessibility

/// Tells users of VoiceOver what has changed: what is seen at most every few seconds, and nothing twice in a row.
struct Announcer {
    private static let pause = Duration.seconds(3)

    private var said = ""
    private var earliest = ContinuousClock.now

    /// Say `text`, unless it was said last or something was said just now: say it with each frame, then what lasts is heard.
    mutating func say(_ text: String) {
        if ContinuousClock.now >= earliest { interject(text) }
    }

    /// Say `text` now, unless it was said last: for what comes once.
    mutating func interject(_ text: String) {
        guard text != said else { return }
        (said, earliest) = (text, ContinuousClock.now + Self.pause)
        AccessibilityNotification.Announcement(text).post()
    }
}

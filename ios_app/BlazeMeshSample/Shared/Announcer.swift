import Accessibility

/// Tells users of VoiceOver what has changed, at most every few seconds, and nothing twice.
struct Announcer {
    private static let pause = Duration.seconds(3)

    private var said = ""
    private var earliest = ContinuousClock.now

    /// Say `text`, unless it was said last or something was said just now: say it with each frame, then what lasts is heard.
    mutating func say(_ text: String) {
        let now = ContinuousClock.now
        guard text != said, now >= earliest else { return }
        (said, earliest) = (text, now + Self.pause)
        AccessibilityNotification.Announcement(text).post()
    }
}

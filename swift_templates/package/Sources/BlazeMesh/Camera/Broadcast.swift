#if canImport(CoreML)
    import os

    /// Sends values to whoever listens; one who is late gets the newest alone.
    nonisolated final class Broadcast<Element: Sendable>: Sendable {
        private struct Listeners {
            var continuations: [Int: AsyncStream<Element>.Continuation] = [:]
            var last: Element?
            var count = 0
        }

        private let listeners = OSAllocatedUnfairLock(initialState: Listeners())
        private let replays: Bool

        /// - Parameter replaysLast: Whether one who begins to listen gets the last value at once.
        init(replaysLast: Bool) {
            replays = replaysLast
        }

        deinit {
            for continuation in listeners.withLock({ Array($0.continuations.values) }) {
                continuation.finish()
            }
        }

        /// The values from now on; they end when nobody can send any more.
        func stream() -> AsyncStream<Element> {
            AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
                let number = listeners.withLock { listeners in
                    listeners.count += 1
                    listeners.continuations[listeners.count] = continuation
                    if let last = listeners.last { continuation.yield(last) }
                    return listeners.count
                }
                continuation.onTermination = { [weak self] _ in
                    _ = self?.listeners.withLock { $0.continuations.removeValue(forKey: number) }
                }
            }
        }

        /// What was sent last, where that is replayed.
        var last: Element? { listeners.withLock { $0.last } }

        func send(_ value: Element) {
            let replays = replays
            listeners.withLock { listeners in
                if replays { listeners.last = value }
                for continuation in listeners.continuations.values {
                    continuation.yield(value)
                }
            }
        }
    }
#endif

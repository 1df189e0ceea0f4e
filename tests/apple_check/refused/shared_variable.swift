// iOS refuses: var 'lastError' is not concurrency-safe because it is nonisolated global shared mutable state
var lastError: String?

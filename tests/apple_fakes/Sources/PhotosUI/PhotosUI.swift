import Foundation

/// A photo that was chosen; what it gives is set by name.
public struct PhotosPickerItem: Hashable {
    nonisolated(unsafe) public static var files: [String: Result<Data?, any Error>] = [:]
    /// How long a photo takes to come.
    nonisolated(unsafe) public static var delay = Duration.zero
    private let name: String

    public init(itemIdentifier: String) { name = itemIdentifier }

    @discardableResult
    public func loadTransferable(
        type: Data.Type, completionHandler: @escaping @Sendable (Result<Data?, any Error>) -> Void
    ) -> Progress {
        let (file, delay) = (Self.files[name] ?? .success(nil), Self.delay)
        // As Apple's, it can't be cancelled by the task that waits for it.
        Task {
            try? await Task.sleep(for: delay)
            completionHandler(file)
        }
        return Progress(totalUnitCount: 1)
    }
}

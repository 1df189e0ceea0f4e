import Foundation

/// A photo that was chosen; what it gives is set by name.
public struct PhotosPickerItem: Hashable {
    nonisolated(unsafe) public static var files: [String: Result<Data?, any Error>] = [:]
    private let name: String

    public init(itemIdentifier: String) { name = itemIdentifier }

    @discardableResult
    public func loadTransferable(
        type: Data.Type, completionHandler: @escaping @Sendable (Result<Data?, any Error>) -> Void
    ) -> Progress {
        completionHandler(Self.files[name] ?? .success(nil))
        return Progress(totalUnitCount: 1)
    }
}

// What the sample's models speak to and Linux lacks; the package's landmarker is the real one.

import BlazeMesh
import Foundation
import Synchronization

extension ProcessInfo {
    enum ThermalState: Int, Sendable {
        case nominal, fair, serious, critical
    }

    static let heat = Mutex(ThermalState.nominal)
    static let thermalStateDidChangeNotification = Notification.Name("heat")

    var thermalState: ThermalState { Self.heat.withLock { $0 } }

    /// The device becomes hotter or cooler.
    static func become(_ state: ThermalState) {
        heat.withLock { $0 = state }
        NotificationCenter.default.post(name: thermalStateDidChangeNotification, object: nil)
    }
}

extension NotificationCenter {
    func notifications(named name: Notification.Name) -> AsyncStream<Void> {
        AsyncStream { continuation in
            _ = addObserver(forName: name, object: nil, queue: nil) { _ in continuation.yield() }
        }
    }
}

/// A camera that writes down what it is told; starting takes time, as the real one's does.
actor CameraSession {
    enum Position: String, Sendable {
        case front, back
    }

    enum State: Sendable {
        case stopped, running
        case interrupted(reason: String)
        case failed(BlazeMeshError)
    }

    private(set) var log: [String] = []
    private var refusal: BlazeMeshError?
    private let listeners = Mutex<
        (frames: [AsyncStream<CameraFrame>.Continuation], states: [AsyncStream<State>.Continuation])
    >(
        ([], []))

    func refuse(_ error: BlazeMeshError) { refusal = error }

    func start(_ position: Position) async throws {
        log.append("start \(position.rawValue)")
        await Task { try? await Task.sleep(for: .milliseconds(50)) }.value
        if let refusal { throw refusal }
        log.append("runs")
    }

    func stop() { log.append("stop") }

    nonisolated func frames() -> AsyncStream<CameraFrame> {
        let (stream, continuation) = AsyncStream.makeStream(of: CameraFrame.self)
        listeners.withLock { $0.frames.append(continuation) }
        return stream
    }

    nonisolated func states() -> AsyncStream<State> {
        let (stream, continuation) = AsyncStream.makeStream(of: State.self)
        listeners.withLock { $0.states.append(continuation) }
        return stream
    }

    nonisolated func send(_ state: State) { listeners.withLock { all in all.states.forEach { $0.yield(state) } } }

    /// To all who listen; whether anybody does.
    nonisolated func send(_ frame: CameraFrame) -> Bool {
        listeners.withLock { all in
            all.frames.forEach { $0.yield(frame) }
            return !all.frames.isEmpty
        }
    }
}

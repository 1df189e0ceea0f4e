import BlazeMesh
import Foundation
import Observation

/// The camera, and what is found in its frames.
@MainActor @Observable
final class CameraModel {
    /// The package's camera; a `CameraPreview` shows it.
    let session = CameraSession()
    /// What the newest frame shows; `nil` before the first one.
    private(set) var sighting: Sighting?
    /// How fast frames are looked at.
    private(set) var pace = Pace()
    /// Why no frames come.
    private(set) var problem: Problem?
    /// Why the frames that come can't be looked at. A frame may still be on its way when the camera breaks: what becomes
    /// of it says nothing of the camera.
    private(set) var lookProblem: Problem?
    /// Why the system took the camera away for a while.
    private(set) var interruption: String?
    /// How hot the device is; while it is too hot for all frames, every second one is looked at.
    private(set) var thermalState = ProcessInfo.ThermalState.nominal

    @ObservationIgnored private var announcer = Announcer()
    @ObservationIgnored private var lastRun: Task<Void, Never>?
    @ObservationIgnored private var skipsFrame = false

    /// Let the camera run until the task is cancelled.
    ///
    /// A run waits for the end of the one before: else that one's stop could come after this one's start.
    func run(_ position: CameraSession.Position, finder: FaceFinder) async {
        let before = lastRun
        let run = Task {
            await before?.value
            if !Task.isCancelled { await follow(position, finder: finder) }
        }
        lastRun = run
        await withTaskCancellationHandler {
            await run.value
        } onCancel: {
            run.cancel()
        }
    }

    private func follow(_ position: CameraSession.Position, finder: FaceFinder) async {
        (problem, lookProblem, interruption) = (nil, nil, nil)
        async let _: Void = watchSession()  // ends with this function
        do {
            try await session.start(position)
            await finder.landmarker?.reset()  // the faces of the last run are gone
            for await frame in session.frames() {
                skipsFrame = thermalState.isHot && !skipsFrame
                if !skipsFrame { await look(at: frame, finder: finder) }
            }
        } catch {
            fail(error)
        }
        await session.stop()
        (sighting, pace) = (nil, Pace())
    }

    /// Follow the device's heat until the task is cancelled. Off the main actor, which notifications can't reach: they
    /// aren't `Sendable`.
    nonisolated func watchHeat() async {
        await readHeat()  // changes are told to those alone who have asked once
        for await _ in NotificationCenter.default.notifications(named: ProcessInfo.thermalStateDidChangeNotification) {
            await readHeat()
        }
    }

    private func readHeat() {
        update(\.thermalState, to: ProcessInfo.processInfo.thermalState)
    }

    private func watchSession() async {
        for await state in session.states() {
            switch state {
            case .stopped: break
            case .running: (problem, interruption) = (nil, nil)
            case .interrupted(let reason):
                interruption = reason
                announcer.interject("The camera pauses: \(reason)")
            case .failed(let error): fail(error)
            }
        }
    }

    private func fail(_ error: any Error) {
        let found = Problem(error)
        problem = found
        announcer.interject(found.title)
    }

    private func look(at frame: CameraFrame, finder: FaceFinder) async {
        guard let landmarker = finder.landmarker else { return }
        do {
            let found = try await landmarker.look(at: frame, tracking: finder.settings.tracking)
            guard !Task.isCancelled else { return }
            sighting = found
            pace.add(found.timings, at: frame.timestamp)
            update(\.lookProblem, to: nil)
            announcer.say(FaceSummary.text(for: found.faces))
        } catch {
            update(\.lookProblem, to: Problem(error))
        }
    }

    /// A value that stays as it is makes no view draw itself again.
    private func update<Value: Equatable>(_ property: ReferenceWritableKeyPath<CameraModel, Value>, to value: Value) {
        if self[keyPath: property] != value { self[keyPath: property] = value }
    }
}

extension ProcessInfo.ThermalState {
    /// Whether an app is to do less.
    fileprivate var isHot: Bool { self == .serious || self == .critical }
}

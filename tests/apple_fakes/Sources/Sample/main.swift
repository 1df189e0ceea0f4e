// Runs the sample app's models and prints what they did, by scenario: `Sample MODELS`.

import Accessibility
import BlazeMesh
import CoreML
import CoreVideo
import Foundation
import PhotosUI
import SampleModels

modelsFolder = URL(fileURLWithPath: CommandLine.arguments[1])

func frame(_ number: Int) -> CameraFrame {
    CameraFrame(pixels: CVPixelBuffer(width: 336, height: 256), timestamp: Double(number) / 30)
}

func pause(_ milliseconds: Int) async { try? await Task.sleep(for: .milliseconds(milliseconds)) }

/// Wait until something is so, on a busy machine too.
@MainActor func wait(for condition: () async -> Bool) async {
    let latest = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < latest, await !condition() {
        await pause(10)
    }
}

@MainActor func describe(_ finder: FaceFinder) -> [String] {
    let isThere = finder.landmarker == nil ? "none" : "landmarker"
    return [
        isThere, "generation \(finder.generation)", finder.isLoading ? "loading" : "loaded",
        finder.problem?.title ?? "well", finder.lack?.title ?? "no lack",
    ]
}

/// A slow recipe is overtaken by a fast one; the slow one's landmarker comes later.
@MainActor func overtaken(cancelling: Bool) async throws -> [String] {
    let finder = FaceFinder()
    MLModel.delays = ["FaceMeshAttention": .milliseconds(700)]
    defer { MLModel.delays = [:] }
    let slow = Task { await finder.load() }
    await pause(100)
    finder.settings.recipe.mesh = .none
    if cancelling { slow.cancel() }
    await finder.load()
    let early = describe(finder)
    await slow.value
    let found = try await finder.landmarker?.track(frame(0)) ?? []
    return early + describe(finder) + ["\(found.first?.landmarks.count ?? -1) landmarks"]
}

/// A recipe whose package is missing, at first and after another.
@MainActor func missing() async -> [String] {
    let finder = FaceFinder()
    finder.settings.recipe.detector = .fullRange
    await finder.load()
    let first = describe(finder)
    finder.settings.recipe.detector = .shortRange
    await finder.load()
    let second = describe(finder)
    finder.settings.recipe.detector = .fullRange
    await finder.load()
    return first + second + describe(finder)
}

/// A package that can't be read at first: what is offered, and what comes of it, asked for twice.
@MainActor func triedAgain() async -> [String] {
    let finder = FaceFinder()
    MLModel.refuses = true
    await finder.load()
    let remedy = "\(finder.problem?.remedy ?? .none)"
    MLModel.refuses = false
    await finder.loadAgain()
    await finder.loadAgain()
    return [remedy] + describe(finder)
}

/// Values that a slider passes through load nothing.
@MainActor func slid() async -> [String] {
    let finder = FaceFinder()
    await finder.load()
    var last = Task {}
    for score: Float in [0.4, 0.45, 0.5, 0.55] {
        last.cancel()
        finder.settings.recipe.minimumScore = score
        last = Task { await finder.load() }
        await pause(20)
    }
    await last.value
    return describe(finder)
}

/// A few frames, then other tracking settings.
@MainActor func followed() async -> [String] {
    let (finder, camera) = (FaceFinder(), CameraModel())
    finder.settings.maximumFaces = 1
    await finder.load()
    let run = Task { await camera.run(.front, finder: finder) }
    await wait { camera.session.send(frame(0)) }
    for number in 1..<4 {
        _ = camera.session.send(frame(number))
    }
    await wait { camera.pace.framesPerSecond != nil }
    let faces = camera.sighting?.faces.count ?? -1
    let pace = Int((camera.pace.framesPerSecond ?? 0).rounded())
    let (core, total) = (camera.pace.milliseconds(.core), camera.pace.milliseconds(.total))
    finder.settings.maximumFaces = 7
    finder.settings.layers[.axes] = true
    await wait { await finder.landmarker?.tracking.maximumFaces == 7 || !camera.session.send(frame(4)) }
    let tracking = await finder.landmarker?.tracking
    run.cancel()
    await run.value
    return [
        "\(faces) faces", "\(pace) frames/s", core > 0 && core < total ? "timed" : "not timed",
        "\(tracking?.maximumFaces ?? 0) at most", tracking?.geometry == true ? "posed" : "not posed",
        camera.sighting == nil ? "cleared" : "left", "\(finder.generation) loaded",
    ] + (await camera.session.log)
}

/// What is said at once, and what after a pause.
@MainActor func spoken() async -> [String] {
    var announcer = Announcer()
    AccessibilityNotification.Announcement.posted = []
    for text in ["No face found", "No face found", "2 faces"] { announcer.say(text) }
    let early = AccessibilityNotification.Announcement.posted
    await pause(3100)
    for text in ["No face found", "2 faces"] { announcer.say(text) }
    return early + ["later"] + AccessibilityNotification.Announcement.posted.dropFirst(early.count)
}

/// The camera is switched while it still starts, twice, and then hidden.
@MainActor func switched() async -> [String] {
    let (finder, camera) = (FaceFinder(), CameraModel())
    let front = Task { await camera.run(.front, finder: finder) }
    await wait { await camera.session.log.count == 1 }
    front.cancel()
    let back = Task { await camera.run(.back, finder: finder) }
    await pause(10)
    back.cancel()
    let again = Task { await camera.run(.front, finder: finder) }
    await wait { await camera.session.log.filter { $0 == "runs" }.count == 2 }
    again.cancel()
    await again.value
    return await camera.session.log
}

/// The user doesn't let the app use the camera.
@MainActor func refused() async -> [String] {
    let (finder, camera) = (FaceFinder(), CameraModel())
    await camera.session.refuse(.cameraNotAllowed(restricted: false))
    await camera.run(.front, finder: finder)
    return ["\(camera.problem?.title ?? "well"), \(camera.problem?.remedy ?? .none)"] + (await camera.session.log)
}

/// The camera is taken away for a while, and then breaks.
@MainActor func interrupted() async -> [String] {
    let (finder, camera) = (FaceFinder(), CameraModel())
    AccessibilityNotification.Announcement.posted = []
    let run = Task { await camera.run(.front, finder: finder) }
    await wait { await camera.session.log.last == "runs" }
    camera.session.send(.interrupted(reason: "another app uses the camera"))
    await wait { camera.interruption != nil }
    let interruption = camera.interruption ?? "none"
    camera.session.send(.running)
    await wait { camera.interruption == nil }
    let resumed = camera.interruption ?? "none"
    camera.session.send(.failed(.cameraFailed(reason: "unplugged")))
    await wait { camera.problem != nil }
    let failed = "\(camera.problem?.title ?? "well"), \(camera.problem?.remedy ?? .none)"
    run.cancel()
    await run.value
    return [interruption, resumed, failed] + AccessibilityNotification.Announcement.posted + (await camera.session.log)
}

/// The camera breaks while a frame is looked at.
@MainActor func brokeWhileLooking() async -> [String] {
    let (finder, camera) = (FaceFinder(), CameraModel())
    await finder.load()
    let run = Task { await camera.run(.front, finder: finder) }
    await wait { camera.session.send(frame(0)) }
    await wait { camera.sighting != nil }
    MLModel.predictionTime = 0.1
    defer { MLModel.predictionTime = 0 }
    _ = camera.session.send(frame(1))
    await pause(1)
    camera.session.send(.failed(.cameraFailed(reason: "unplugged")))
    await wait { camera.problem != nil }
    let looked = camera.pace.framesPerSecond
    await wait { camera.pace.framesPerSecond != nil }
    await pause(20)
    let outcome = [
        looked == nil ? "the frame came later" : "the frame came first", camera.problem?.title ?? "well",
        camera.lookProblem?.title ?? "looked at",
    ]
    run.cancel()
    await run.value
    return outcome
}

/// Six frames each while the device is cool, hot, cool again and too hot: how many a second are looked at.
@MainActor func heated() async -> [String] {
    let (finder, camera) = (FaceFinder(), CameraModel())
    await finder.load()
    ProcessInfo.become(.fair)
    let heat = Task { await camera.watchHeat() }
    let run = Task { await camera.run(.front, finder: finder) }
    await wait { camera.session.send(frame(0)) }
    var said: [String] = []
    let paces: [(ProcessInfo.ThermalState, Int)] = [(.fair, 30), (.serious, 15), (.nominal, 30), (.critical, 15)]
    for (number, (state, expected)) in paces.enumerated() {
        // Changes that come before anybody listens are read at the start; later ones are told.
        await wait {
            ProcessInfo.become(state)
            return camera.thermalState == state
        }
        for each in 0..<6 {
            _ = camera.session.send(frame(100 * (number + 1) + each))
        }
        var pace: Int { camera.pace.framesPerSecond.map { Int($0.rounded()) } ?? 0 }
        await wait { pace == expected }
        said.append("\(state): \(pace)")
    }
    for task in [run, heat] { task.cancel() }
    await run.value
    await heat.value
    return said
}

/// A photo, one that can't be read, one that can't be loaded, and each time the first again; then the app's own.
@MainActor func chosen() async -> [String] {
    let (finder, photo) = (FaceFinder(), PhotoModel())
    await finder.load()
    PhotosPickerItem.files = [
        "good": .success(Data(count: 256)), "slow": .success(Data(count: 128)), "broken": .success(Data()),
        "away": .failure(CocoaError(.fileReadUnknown)),
    ]
    var said: [String] = []
    for name in ["good", "broken", "good", "away", "good"] {
        await photo.load(PhotosPickerItem(itemIdentifier: name))
        await photo.look(with: finder)
        let problem = (photo.loadProblem ?? photo.lookProblem)?.title ?? "well"
        said.append("\(name): \(problem), still \(photo.number), \(photo.sighting?.faces.count ?? 0) faces")
    }
    // One that takes its time, and another choice meanwhile.
    PhotosPickerItem.delay = .milliseconds(200)
    defer { PhotosPickerItem.delay = .zero }
    let slow = Task { await photo.load(PhotosPickerItem(itemIdentifier: "slow")) }
    await wait { photo.isLoading }
    slow.cancel()
    photo.showAstronaut()
    said.append(photo.isLoading ? "loading" : "loaded")
    await slow.value
    return said + [photo.still?.credit ?? "no credit", "still \(photo.number)"]
}

let outcomes = [
    "overtaken": try await overtaken(cancelling: false),
    "overtaken and cancelled": try await overtaken(cancelling: true),
    "missing": await missing(), "slid": await slid(), "followed": await followed(),
    "switched": await switched(), "refused": await refused(),
    "interrupted": await interrupted(), "spoken": await spoken(),
    "broke while looking": await brokeWhileLooking(), "chosen": await chosen(), "tried again": await triedAgain(),
    "heated": await heated(),
]
FileHandle.standardOutput.write(try JSONEncoder().encode(outcomes))

/// Follows faces through a video: frames' detections and landmarks in, faces with lasting ids out.
///
/// The networks are the caller's. For each frame the tracker asks for detections, if they are wanted, and for what is seen
/// in each of some regions, in the order of MediaPipe's own graph: the detector runs only while fewer than
/// ``Settings/maximumFaces`` faces are tracked, and no more of its detections count; regions that overlap by more than
/// half are one face, the tracked one; a face is lost unless its presence is above ``Settings/minimumPresence``. So there
/// can be more faces than that maximum, where the detector finds others than the tracked ones.
/// Source: google-ai-edge/mediapipe, mediapipe/modules/face_landmark/face_landmark_front_cpu.pbtxt.
///
/// A tracker allocates no memory once it has seen as many faces as there are, unless somebody still holds the faces of
/// the frame before the last one. For a still picture take a new tracker: its ids count from 0.
public nonisolated struct FaceTracker: Sendable {
    /// What is looked for and how it is given.
    public struct Settings: Sendable, Hashable {
        /// How many faces are looked for; 1 or more.
        public var maximumFaces: Int
        /// A face is lost unless its presence, 0 to 1, is above this.
        public var minimumPresence: Float
        /// Whether landmarks are smoothed; regions follow from unsmoothed ones in any case.
        public var smoothing: Bool
        /// Whether faces are placed in space: ``Face/pose`` and ``Face/metricVertices``.
        public var geometry: Bool

        /// MediaPipe's own settings, but smoothed.
        public init(
            maximumFaces: Int = 1, minimumPresence: Float = 0.5, smoothing: Bool = true, geometry: Bool = false
        ) {
            (self.maximumFaces, self.minimumPresence) = (max(maximumFaces, 1), minimumPresence)
            (self.smoothing, self.geometry) = (smoothing, geometry)
        }
    }

    /// What is looked for and how it is given; a change counts from the next frame on.
    public var settings: Settings
    /// The camera that ``Face/pose`` is seen with.
    public var camera: Camera
    /// The faces of the last frame.
    public private(set) var faces: [Face] = []

    private var tracks: [Track] = []
    /// Becomes the next frame's faces: the last one's stay whole for those who hold them, and if a frame fails.
    private var nextFaces: [Face] = []
    private var nextTracks: [Track] = []
    /// Faces of earlier frames, whose memory is used again.
    private var spareFaces: [Face] = []
    private var candidates: [Candidate] = []
    private var detections: [Detection] = []
    private var crop = CropLandmarks()
    private var smoothers: [LandmarkSmoother] = []
    private var solver = PoseSolver()
    private var frameSize = SIMD2<Float>.zero
    private var ids = 0

    /// A tracker that follows no face yet.
    public init(settings: Settings = Settings(), camera: Camera = Camera()) {
        (self.settings, self.camera) = (settings, camera)
    }

    /// Whether the next frame's detections would be asked for, if it is as large as the last one.
    public var wantsDetections: Bool { tracks.count < settings.maximumFaces }

    /// Forget the tracked faces: the next frame begins another video. Ids go on.
    public mutating func reset() {
        tracks.removeAll(keepingCapacity: true)
    }

    /// The faces of a video's next frame, which are ``faces`` from then on.
    ///
    /// Frames of another size begin another video. Time matters to smoothing alone: where it does not advance, landmarks
    /// come unsmoothed. A region whose landmarks are not finite, or span no area, shows no face.
    ///
    /// - Parameters:
    ///   - frameSize: The frame's width and height in pixels.
    ///   - seconds: When the frame was taken, from wherever the video's time begins.
    ///   - detect: Is called if faces are wanting; gives the detector's faces, the surest first, normalised to the
    ///     square around the whole frame (``Letterbox``).
    ///   - look: Is called for each region that may show a face; gives what the mesh network says of its crop.
    /// - Throws: What `detect` or `look` throw; ``faces`` stay as they were, and so does what is tracked, unless the
    ///   frame's size is another one.
    public mutating func track(
        frameSize: SIMD2<Float>, seconds: Double,
        detect: (inout [Detection]) throws -> Void,
        look: (Region, inout CropLandmarks) throws -> Void
    ) rethrows {
        begin(frameSize)
        if wantsDetections {
            try detect(&detections)
            addDetected()
        }
        for index in tracks.indices {
            candidates.associate(Candidate(region: tracks[index].region, track: index))
        }
        for index in candidates.indices {
            crop.clear()
            try look(candidates[index].region, &crop)
            if crop.presence > settings.minimumPresence { addSeen(candidates[index]) }
        }
        finish(seconds: seconds)
    }

    /// The faces of a video's next frame where there is no mesh network: detections with lasting ids.
    ///
    /// - Parameters:
    ///   - frameSize: The frame's width and height in pixels.
    ///   - detect: Gives the detector's faces, the surest first, normalised to the square around the whole frame.
    /// - Throws: What `detect` throws; ``faces`` stay as they were, and so does what is tracked, unless the frame's size
    ///   is another one.
    public mutating func track(
        frameSize: SIMD2<Float>, detect: (inout [Detection]) throws -> Void
    ) rethrows {
        begin(frameSize)
        try detect(&detections)
        addDetected(associating: false)
        candidates.carry(tracks)
        for index in candidates.indices {
            let place = prepareFace(candidates[index])
            nextFaces[place].landmarks.removeAll(keepingCapacity: true)
            nextFaces[place].metricVertices.removeAll(keepingCapacity: true)
            nextTracks.append(continued(candidates[index], at: candidates[index].region))
        }
        commit()
    }

    private mutating func begin(_ frameSize: SIMD2<Float>) {
        if frameSize != self.frameSize {
            self.frameSize = frameSize
            reset()
        }
        detections.removeAll(keepingCapacity: true)
        candidates.removeAll(keepingCapacity: true)
        nextTracks.removeAll(keepingCapacity: true)
    }

    /// The detections become candidates, as many as faces are looked for; one that has no region is none.
    private mutating func addDetected(associating: Bool = true) {
        let letterbox = Letterbox(frameSize: frameSize)
        var room = settings.maximumFaces
        for index in detections.indices where room > 0 {
            let detection = letterbox.toFrame(detections[index])
            guard let region = Region.around(detection, frameSize: frameSize) else { continue }
            let candidate = Candidate(region: region, detection: detection)
            if associating {
                candidates.associate(candidate)
            } else {
                candidates.append(candidate)
            }
            room -= 1
        }
    }

    /// The candidate is a face, if its landmarks are.
    private mutating func addSeen(_ candidate: Candidate) {
        let index = prepareFace(candidate)
        let bounds = crop.project(from: candidate.region, into: &nextFaces[index].landmarks)
        let following = Region.around(nextFaces[index].landmarks, bounds: bounds, frameSize: frameSize)
        guard let following else { return }
        nextFaces[index].presence = crop.presence
        nextFaces[index].region = candidate.region
        nextTracks.append(continued(candidate, at: following, extent: bounds.maximum - bounds.minimum))
    }

    /// Make the next of the frame's faces out of a candidate; its memory, and what is in it, is that of an earlier one.
    private mutating func prepareFace(_ candidate: Candidate) -> Int {
        let index = nextTracks.count
        if index == nextFaces.count { nextFaces.append(spareFaces.isEmpty ? Face() : spareFaces.removeLast()) }
        nextFaces[index].frameSize = frameSize
        nextFaces[index].detection = candidate.detection
        (nextFaces[index].presence, nextFaces[index].region, nextFaces[index].pose) = (nil, nil, nil)
        return index
    }

    /// The face's track: the one that carried it here, or a new one, whose id and smoother ``finish`` gives.
    private func continued(_ candidate: Candidate, at region: Region, extent: SIMD2<Float> = .zero) -> Track {
        var next = Track(id: -1, region: region, extent: extent, smoother: -1)
        if let track = candidate.track {
            (next.id, next.smoother) = (tracks[track].id, tracks[track].smoother)
        }
        return next
    }

    private mutating func finish(seconds: Double) {
        commit()
        for index in faces.indices {
            if settings.smoothing {
                let track = tracks[index]
                smoothers[track.smoother].apply(
                    to: &faces[index].landmarks, extent: track.extent * frameSize, frameSize: frameSize,
                    seconds: seconds)
            }
            guard settings.geometry else { continue }
            faces[index].pose = solver.solve(
                faces[index].landmarks, frameSize: frameSize, camera: camera, vertices: &faces[index].metricVertices)
        }
    }

    /// What was prepared becomes the state; new faces get ids and smoothers of their own.
    private mutating func commit() {
        for index in nextTracks.indices where nextTracks[index].id < 0 {
            nextTracks[index].id = ids
            nextTracks[index].smoother = freeSmoother()
            ids += 1
        }
        swap(&tracks, &nextTracks)
        swap(&faces, &nextFaces)
        while faces.count > tracks.count {
            spareFaces.append(faces.removeLast())
        }
        for index in faces.indices {
            faces[index].id = tracks[index].id
            if !settings.geometry { faces[index].metricVertices.removeAll(keepingCapacity: true) }
        }
    }

    /// The place of a smoother that no face uses, as good as new.
    private mutating func freeSmoother() -> Int {
        for index in smoothers.indices where !isUsed(smoother: index) {
            smoothers[index].reset()
            return index
        }
        smoothers.append(LandmarkSmoother())
        return smoothers.count - 1
    }

    private func isUsed(smoother: Int) -> Bool {
        for index in nextTracks.indices where nextTracks[index].smoother == smoother { return true }
        return false
    }
}

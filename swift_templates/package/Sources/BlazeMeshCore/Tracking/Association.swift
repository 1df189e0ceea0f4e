/// Where a frame is looked at for a face: a detection's region, or that of a tracked one.
nonisolated struct Candidate: Sendable {
    var region: Region
    var detection: Detection?
    /// The place among the tracks of the one that carried the face here.
    var track: Int?
}

nonisolated extension [Candidate] {
    /// Regions that overlap by more are of one face (min_similarity_threshold of MediaPipe's face_landmark_front).
    static let similar: Float = 0.5

    /// Add a candidate; those before it that are of the same face give way.
    ///
    /// Detections are to be added first: of one face the tracked region stays.
    /// Source: google-ai-edge/mediapipe, mediapipe/calculators/util/association_calculator.h.
    mutating func associate(_ candidate: Candidate) {
        var kept = 0
        for index in indices where candidate.region.overlap(self[index].region) <= Self.similar {
            swapAt(kept, index)
            kept += 1
        }
        removeSubrange(kept...)
        append(candidate)
    }

    /// Say of each candidate which of `tracks` it continues: pairs that overlap by more than ``similar``, the closest
    /// first, each of both once.
    mutating func carry(_ tracks: [Track]) {
        while let (candidate, track) = closestPair(tracks) {
            self[candidate].track = track
        }
    }

    private func closestPair(_ tracks: [Track]) -> (candidate: Int, track: Int)? {
        var closest: (candidate: Int, track: Int)?
        var similarity = Self.similar
        for candidate in indices where self[candidate].track == nil {
            for track in tracks.indices where !isCarried(by: track) {
                let overlap = self[candidate].region.overlap(tracks[track].region)
                if overlap > similarity {
                    (closest, similarity) = ((candidate, track), overlap)
                }
            }
        }
        return closest
    }

    private func isCarried(by track: Int) -> Bool {
        for index in indices where self[index].track == track { return true }
        return false
    }
}

/// A face from one frame to the next.
nonisolated struct Track: Sendable {
    var id: Int
    /// Where it is looked for in the next frame.
    var region: Region
    /// Width and height of its landmarks' box in the last one, normalised to the frame.
    var extent: SIMD2<Float>
    /// The place of its own smoother.
    var smoother: Int
}

import BlazeMesh

/// How fast frames are looked at, over the last second.
struct Pace: Sendable {
    /// What a frame's time goes into.
    enum Stage: String, CaseIterable, Sendable {
        case detector, crop, mesh, core, total

        fileprivate func seconds(of timings: FaceLandmarker.Timings) -> Double {
            switch self {
            case .detector: timings.detector
            case .crop: timings.crop
            case .mesh: timings.mesh
            case .core: timings.core
            case .total: timings.total
            }
        }
    }

    private struct Sample {
        let timestamp: Double
        let timings: FaceLandmarker.Timings
    }

    private var samples: [Sample] = []

    /// Take in a frame that was looked at.
    mutating func add(_ timings: FaceLandmarker.Timings, at timestamp: Double) {
        samples.removeAll { timestamp - $0.timestamp > 1 }
        samples.append(Sample(timestamp: timestamp, timings: timings))
    }

    /// Frames a second, by the times at which they were taken; `nil` with fewer than two.
    var framesPerSecond: Double? {
        guard let first = samples.first, let last = samples.last, last.timestamp > first.timestamp else { return nil }
        return Double(samples.count - 1) / (last.timestamp - first.timestamp)
    }

    /// What a stage took in the mean.
    func milliseconds(_ stage: Stage) -> Double {
        let sum = samples.reduce(0) { $0 + stage.seconds(of: $1.timings) }
        return samples.isEmpty ? 0 : 1000 * sum / Double(samples.count)
    }
}

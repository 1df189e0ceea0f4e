import AllocationProbe

/// What one call costs.
struct Measurement {
    let name: String
    /// The lower quartile of many batches: what else runs on the machine only makes a call slower.
    let nanoseconds: Double
    /// Of one call once warm; −1 where they can't be counted.
    let allocations: Int

    /// Calls `body` often enough to be sure.
    ///
    /// Its result is kept from being optimised away.
    init(_ name: String, _ body: () -> Float) {
        self.name = name
        var kept: Float = 0
        let batch = Self.batchSize { kept += body() }
        var times: [Double] = []
        for _ in 0..<41 {
            let elapsed = ContinuousClock().measure {
                for _ in 0..<batch { kept += body() }
            }
            times.append(Self.nanoseconds(elapsed) / Double(batch))
        }
        times.sort()
        nanoseconds = times[times.count / 4]
        allocation_probe_begin()
        kept += body()
        allocations = Int(allocation_probe_end())
        blackHole(kept)
    }

    /// How many calls take about two milliseconds; warms up meanwhile.
    private static func batchSize(_ body: () -> Void) -> Int {
        var batch = 1
        while true {
            let elapsed = ContinuousClock().measure {
                for _ in 0..<batch { body() }
            }
            if nanoseconds(elapsed) > 2e6 { return batch }
            batch *= 2
        }
    }

    private static func nanoseconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return Double(parts.seconds) * 1e9 + Double(parts.attoseconds) / 1e9
    }

    /// A line of JSON.
    var line: String {
        #"{"name": "\#(name)", "nanoseconds": \#(nanoseconds), "allocations": \#(allocations)}"#
    }
}

@inline(never)
private func blackHole(_ value: Float) {
    if value == 1.2345678e-38 { print("") }
}

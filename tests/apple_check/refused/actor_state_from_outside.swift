// iOS refuses: actor-isolated
actor Counter {
    var frames = 0
}

func read(_ counter: Counter) -> Int {
    counter.frames
}

// iOS refuses: 'FaceLandmarker.Timings' initializer is inaccessible due to 'internal' protection level
import BlazeMesh

let timings = FaceLandmarker.Timings()

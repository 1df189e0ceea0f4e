// iOS refuses: result of call to 'track' is unused
import BlazeMesh

func follow(_ frame: CameraFrame, with landmarker: FaceLandmarker) async throws { try await landmarker.track(frame) }

// iOS refuses: cannot find type 'ModelLoader' in scope
import BlazeMesh
import CoreML

func load(_ url: URL, with loader: ModelLoader) async throws { _ = try await loader.load(url) }

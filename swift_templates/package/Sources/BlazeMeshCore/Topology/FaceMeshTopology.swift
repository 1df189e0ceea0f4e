/// How the landmarks of a face mesh hang together, by their indices. Left and right are the person's own.
///
/// The tables are MediaPipe's; the generated files name their sources.
public nonisolated enum FaceMeshTopology {
    /// Two landmarks that a line connects.
    public typealias Edge = SIMD2<UInt16>
    /// Three landmarks that span a triangle.
    public typealias Triangle = SIMD3<UInt16>

    /// How many landmarks every mesh has; those of the irises come behind them.
    public static let meshPointCount = CanonicalFace.vertices.count

    /// The triangles that are drawn: eyes and mouth are left open.
    public static let tessellation = triangles(tessellationIndices)

    /// The triangles of the closed sheet, counter-clockwise seen from the front: what a texture is put on.
    public static let surface = triangles(surfaceIndices)

    /// The edges of ``tessellation``, each once.
    public static let tessellationEdges: [Edge] = {
        var edges = Set<Edge>()
        for triangle in tessellation {
            for (a, b) in [(triangle.x, triangle.y), (triangle.y, triangle.z), (triangle.z, triangle.x)] {
                edges.insert(Edge(min(a, b), max(a, b)))
            }
        }
        return edges.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    }()

    /// The edges of a contour, in the source's order. Those of irises exist only in refined meshes.
    public static func edges(of contour: FaceContour) -> [Edge] { contourEdges[contour.rawValue] }

    private static let contourEdges = contourIndices.map { indices in
        stride(from: 0, to: indices.count, by: 2).map { Edge(indices[$0], indices[$0 + 1]) }
    }

    private static func triangles(_ indices: [UInt16]) -> [Triangle] {
        stride(from: 0, to: indices.count, by: 3).map { Triangle(indices[$0], indices[$0 + 1], indices[$0 + 2]) }
    }

    /// The outer corners of the person's right and left eye: the line that lies level in a face's region.
    static let outerEyeCorners = (right: Eye.right.corners.0, left: Eye.left.corners.1)
}

/// What is to be drawn over a frame, in order: the same for an app's canvas and for pictures.
///
/// A list keeps its memory: clear it and fill it again for each frame.
public nonisolated struct DrawList: Sendable, Hashable {
    /// What is to be drawn, the first one undermost.
    public private(set) var commands: [DrawCommand] = []
    /// Colours and sizes of what is added from now on.
    public var style: DrawStyle
    /// Points normalised to the frame ↦ the drawing's coordinates.
    public var transform: FrameTransform

    // A type's list of its cases is a new array each time.
    private static let contours = FaceContour.allCases
    private static let keypoints = FaceKeypoint.allCases

    /// An empty list.
    ///
    /// - Parameters:
    ///   - transform: Points normalised to the frame ↦ the drawing's coordinates: for pixels a scaling by the frame's
    ///     size, for a view its own.
    ///   - style: Colours and sizes.
    public init(transform: FrameTransform, style: DrawStyle = DrawStyle()) {
        (self.transform, self.style) = (transform, style)
    }

    /// Take everything out; the memory is kept.
    public mutating func removeAll() {
        commands.removeAll(keepingCapacity: true)
    }

    /// Add all that is known of a face: its mesh with contours and irises, or else its detection.
    public mutating func add(_ face: Face) {
        if !face.landmarks.isEmpty {
            add(mesh: face.landmarks)
        } else if let detection = face.detection {
            add(detection)
        }
    }

    /// Add a detection's box and keypoints; it is normalised to the frame.
    public mutating func add(_ detection: Detection) {
        let (low, high) = (detection.boxMinimum, detection.boxMaximum)
        outline(low, SIMD2(high.x, low.y), high, SIMD2(low.x, high.y), style.lineWidth * 1.25, style.box)
        for index in Self.keypoints.indices {
            let center = transform.apply(detection[Self.keypoints[index]])
            commands.append(.point(center: center, radius: style.pointRadius * 1.4, color: style.outline))
            commands.append(.point(center: center, radius: style.pointRadius, color: style.keypoint))
        }
    }

    /// Add a region's outline.
    public mutating func add(_ region: Region) {
        let (a, b, c, d) = region.corners
        let size = region.frameSize
        outline(a / size, b / size, c / size, d / size, style.lineWidth * 0.75, style.outline)
    }

    /// Add a face mesh, normalised to the frame: thin lines, contours over them, and irises if the mesh has them.
    /// Landmarks that it lacks are left out.
    public mutating func add(mesh landmarks: [SIMD3<Float>]) {
        lines(landmarks, FaceMeshTopology.tessellationEdges, style.lineWidth / 2, style.mesh)
        for index in Self.contours.indices {
            let contour = Self.contours[index]
            lines(landmarks, FaceMeshTopology.edges(of: contour), style.lineWidth, style.color(of: contour))
        }
    }

    /// Add what the iris network says of an eye: the points around it and the five of its iris, normalised to the frame.
    public mutating func add(_ eye: Eye, contour: [SIMD3<Float>], iris: [SIMD3<Float>]) {
        lines(contour, Eye.outline, style.lineWidth, eye == .right ? style.rightEye : style.leftEye)
        lines(iris, Eye.irisOutline, style.lineWidth, style.iris)
        guard let center = iris.first else { return }
        commands.append(
            .point(center: transform.apply(center.xy), radius: style.pointRadius / 2, color: style.iris))
    }

    /// Add a mesh's triangles, filled; eyes and mouth are left open.
    public mutating func add(surface landmarks: [SIMD3<Float>]) {
        let triangles = FaceMeshTopology.tessellation
        for index in triangles.indices where landmarks.count > Int(triangles[index].max()) {
            let triangle = triangles[index]
            let (a, b, c) = (landmarks[Int(triangle.x)], landmarks[Int(triangle.y)], landmarks[Int(triangle.z)])
            let points = (transform.apply(a.xy), transform.apply(b.xy), transform.apply(c.xy))
            commands.append(.triangle(points.0, points.1, points.2, color: style.surface))
        }
    }

    private mutating func lines(
        _ points: [SIMD3<Float>], _ edges: [FaceMeshTopology.Edge], _ width: Float, _ color: DrawColor
    ) {
        for index in edges.indices where points.count > Int(max(edges[index].x, edges[index].y)) {
            let (start, end) = (points[Int(edges[index].x)].xy, points[Int(edges[index].y)].xy)
            line(start, end, width, color)
        }
    }

    private mutating func outline(
        _ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>, _ d: SIMD2<Float>, _ width: Float, _ color: DrawColor
    ) {
        line(a, b, width, color)
        line(b, c, width, color)
        line(c, d, width, color)
        line(d, a, width, color)
    }

    /// The points are normalised to the frame.
    private mutating func line(_ start: SIMD2<Float>, _ end: SIMD2<Float>, _ width: Float, _ color: DrawColor) {
        commands.append(
            .line(from: transform.apply(start), to: transform.apply(end), width: width, color: color))
    }
}

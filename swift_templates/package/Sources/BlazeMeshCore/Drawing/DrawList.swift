/// What is to be drawn over a frame, in order: the same for an app's canvas and for pictures.
///
/// A list keeps its memory: clear it and fill it again for each frame. What is not finite is left out of it.
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

    /// As many corners as a circle needs to look like one where an iris is as large as a finger's tip.
    private static let circle: [SIMD2<Float>] = (0..<24).map { index in
        let angle = Float(index) * .pi / 12
        return SIMD2(LibM.cosine(angle), LibM.sine(angle))
    }

    /// Centimetres, how long axes are drawn, and the one that looks ahead: they begin inside of the head.
    static let (axis, ahead): (Float, Float) = (9, 13)

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

    /// Add what is known of a face.
    ///
    /// A face without landmarks is drawn by its detection, box and keypoints, whatever of mesh, contours and irises is
    /// asked for: more is not known of it.
    ///
    /// - Parameters:
    ///   - face: Of the frame that ``transform`` is for.
    ///   - layers: What is drawn of it, where the face has it.
    ///   - camera: The one that the face's pose was found with.
    public mutating func add(
        _ face: Face, layers: DrawLayers = [.mesh, .contours, .irises], camera: Camera = Camera()
    ) {
        var asked = layers
        if face.landmarks.isEmpty {
            if !layers.isDisjoint(with: .landmarks) { asked.formUnion([.boxes, .keypoints]) }
        } else {
            add(face.landmarks, layers: layers)
            asked.remove(.boxes)
        }
        if let detection = face.detection { add(detection, layers: asked) }
        if layers.contains(.axes), let pose = face.pose {
            add(pose, frameSize: face.frameSize, camera: camera)
        }
    }

    /// Add a detection's box and keypoints; it is normalised to the frame.
    public mutating func add(_ detection: Detection) {
        add(detection, layers: [.boxes, .keypoints])
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
        add(landmarks, layers: .landmarks)
    }

    /// Add what the iris network says of an eye: the points around it and the five of its iris, normalised to the frame.
    public mutating func add(_ eye: Eye, contour: [SIMD3<Float>], iris: [SIMD3<Float>]) {
        lines(contour, Eye.outline, style.lineWidth, eye == .right ? style.rightEye : style.leftEye)
        ring(iris, Eye.irisOutline, style.iris)
        if let center = iris.first { disc(transform.apply(center.xy), style.pointRadius / 2, style.iris) }
    }

    /// Add a mesh's triangles, filled; eyes and mouth are left open.
    public mutating func add(surface landmarks: [SIMD3<Float>]) {
        let triangles = FaceMeshTopology.tessellation
        for index in triangles.indices where landmarks.count > Int(triangles[index].max()) {
            let triangle = triangles[index]
            let (a, b, c) = (landmarks[Int(triangle.x)], landmarks[Int(triangle.y)], landmarks[Int(triangle.z)])
            fill(transform.apply(a.xy), transform.apply(b.xy), transform.apply(c.xy), style.surface)
        }
    }

    /// Add where a head is and looks: its x, y and z axes as arrows from the middle of the head, 9, 9 and 13 cm long in a
    /// face of the canonical size. Nothing where one of them ends behind the camera.
    ///
    /// - Parameters:
    ///   - pose: The face's.
    ///   - frameSize: The frame's width and height in pixels.
    ///   - camera: The one that the pose was found with.
    public mutating func add(_ pose: Pose, frameSize: SIMD2<Float>, camera: Camera = Camera()) {
        guard
            let start = camera.project(pose.apply(SIMD3(0, 0, 0)), frameSize: frameSize),
            let x = camera.project(pose.apply(SIMD3(Self.axis, 0, 0)), frameSize: frameSize),
            let y = camera.project(pose.apply(SIMD3(0, Self.axis, 0)), frameSize: frameSize),
            let z = camera.project(pose.apply(SIMD3(0, 0, Self.ahead)), frameSize: frameSize)
        else { return }
        let origin = transform.apply(start)
        arrow(origin, transform.apply(x), style.xAxis)
        arrow(origin, transform.apply(y), style.yAxis)
        arrow(origin, transform.apply(z), style.zAxis)
        disc(origin, style.lineWidth * 2, style.outline)
    }

    private mutating func add(_ landmarks: [SIMD3<Float>], layers: DrawLayers) {
        if layers.contains(.mesh) {
            lines(landmarks, FaceMeshTopology.tessellationEdges, style.lineWidth / 2, style.mesh)
        }
        for index in Self.contours.indices where layers.contains(Self.contours[index].layer) {
            let contour = Self.contours[index]
            if contour.layer == .irises {
                ring(landmarks, FaceMeshTopology.edges(of: contour), style.color(of: contour))
            } else {
                lines(landmarks, FaceMeshTopology.edges(of: contour), style.lineWidth, style.color(of: contour))
            }
        }
        guard layers.contains(.boxes) else { return }
        let bounds = LandmarkBounds(landmarks)
        if bounds.areFinite { box(bounds.minimum, bounds.maximum) }
    }

    private mutating func add(_ detection: Detection, layers: DrawLayers) {
        if layers.contains(.boxes) { box(detection.boxMinimum, detection.boxMaximum) }
        guard layers.contains(.keypoints) else { return }
        for index in Self.keypoints.indices {
            let center = transform.apply(detection[Self.keypoints[index]])
            disc(center, style.pointRadius * 1.4, style.outline)
            disc(center, style.pointRadius, style.keypoint)
        }
    }

    private mutating func box(_ low: SIMD2<Float>, _ high: SIMD2<Float>) {
        outline(low, SIMD2(high.x, low.y), high, SIMD2(low.x, high.y), style.lineWidth * 1.25, style.box)
    }

    private mutating func lines(
        _ points: [SIMD3<Float>], _ edges: [FaceMeshTopology.Edge], _ width: Float, _ color: DrawColor
    ) {
        for index in edges.indices where points.count > Int(max(edges[index].x, edges[index].y)) {
            let (start, end) = (points[Int(edges[index].x)].xy, points[Int(edges[index].y)].xy)
            line(start, end, width, color)
        }
    }

    /// An ellipse through four points, of which the `edges` are the square.
    private mutating func ring(_ points: [SIMD3<Float>], _ edges: [FaceMeshTopology.Edge], _ color: DrawColor) {
        guard edges.count == 4, points.count > Int(edges.reduce(0) { max($0, $1.x, $1.y) }) else { return }
        let (a, b) = (points[Int(edges[0].x)].xy, points[Int(edges[1].x)].xy)
        let (c, d) = (points[Int(edges[2].x)].xy, points[Int(edges[3].x)].xy)
        let (middle, x, y) = ((a + b + c + d) / 4, (a - c) / 2, (b - d) / 2)
        for index in Self.circle.indices {
            let (start, end) = (Self.circle[index], Self.circle[(index + 1) % Self.circle.count])
            line(middle + start.x * x + start.y * y, middle + end.x * x + end.y * y, style.lineWidth, color)
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
        stroke(transform.apply(start), transform.apply(end), width, color)
    }
}

/// Commands, of points in the drawing's own coordinates; what is not finite is not drawn.
nonisolated extension DrawList {
    /// An arrow that begins at `start`; none to `start` itself, where an axis points at the camera.
    private mutating func arrow(_ start: SIMD2<Float>, _ end: SIMD2<Float>, _ color: DrawColor) {
        let way = end - start
        let length = (way * way).sum().squareRoot()
        let head = min(style.lineWidth * 7.5, length / 2)
        guard head > 0 else { return }
        let along = way / length * head
        let across = SIMD2(-along.y, along.x) * 0.42
        stroke(start, end - along / 2, style.lineWidth * 2.25, color)
        fill(end, end - along + across, end - along - across, color)
    }

    private mutating func stroke(_ start: SIMD2<Float>, _ end: SIMD2<Float>, _ width: Float, _ color: DrawColor) {
        guard (start + end).sum().isFinite else { return }
        commands.append(.line(from: start, to: end, width: width, color: color))
    }

    private mutating func disc(_ center: SIMD2<Float>, _ radius: Float, _ color: DrawColor) {
        guard center.sum().isFinite else { return }
        commands.append(.point(center: center, radius: radius, color: color))
    }

    private mutating func fill(
        _ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>, _ color: DrawColor
    ) {
        guard (a + b + c).sum().isFinite else { return }
        commands.append(.triangle(a, b, c, color: color))
    }
}

nonisolated extension FaceContour {
    /// What it is drawn as a part of.
    fileprivate var layer: DrawLayers {
        switch self {
        case .leftIris, .rightIris: .irises
        case .lips, .leftEye, .leftEyebrow, .rightEye, .rightEyebrow, .faceOval: .contours
        }
    }
}

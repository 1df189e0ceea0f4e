#if canImport(CoreML)
    #if canImport(BlazeMeshCore)
        import BlazeMeshCore
    #endif
    import SwiftUI

    /// Faces, drawn over the picture that they were found in.
    public struct FaceMeshOverlay: View {
        /// How the picture lies in its view.
        public enum Scaling: Sendable {
            /// It fills the view; what doesn't fit is cut off.
            case fill
            /// All of it is in the view.
            case fit
        }

        private let drawing: Drawing

        /// Faces over their picture.
        ///
        /// - Parameters:
        ///   - faces: The faces of one frame.
        ///   - layers: What is drawn of each.
        ///   - style: Colours and widths, in points.
        ///   - scaling: As the picture below.
        ///   - camera: The one that the faces' poses were found with.
        public init(
            _ faces: [Face], layers: DrawLayers = [.mesh, .contours, .irises], style: DrawStyle = DrawStyle(),
            scaling: Scaling = .fill, camera: Camera = Camera()
        ) {
            drawing = Drawing(faces: faces, layers: layers, style: style, scaling: scaling, camera: camera)
        }

        /// A canvas as large as the view.
        public var body: some View {
            let drawing = drawing
            Canvas { context, size in drawing.draw(into: &context, size: size) }
                .accessibilityHidden(true)
        }
    }

    /// The core's list of what is to be drawn, on a canvas.
    private struct Drawing: Sendable {
        let faces: [Face]
        let layers: DrawLayers
        let style: DrawStyle
        let scaling: FaceMeshOverlay.Scaling
        let camera: Camera

        func draw(into context: inout GraphicsContext, size: CGSize) {
            guard let frame = faces.first?.frameSize else { return }
            let view = SIMD2(Float(size.width), Float(size.height))
            let transform: FrameTransform? =
                switch scaling {
                case .fill: .filling(view: view, frame: frame)
                case .fit: .fitting(view: view, frame: frame)
                }
            guard let transform else { return }
            var list = DrawList(transform: transform, style: style)
            for face in faces {
                list.add(face, layers: layers, camera: camera)
            }
            stroke(list.commands, into: &context)
        }

        /// Lines of one colour and width that follow each other are one path: a mesh is a handful of strokes.
        private func stroke(_ commands: [DrawCommand], into context: inout GraphicsContext) {
            var path = Path()
            var pen: (width: Float, color: DrawColor)?
            for command in commands {
                if case .line(let from, let to, let width, let color) = command {
                    if let last = pen, last != (width, color) { flush(&path, last, into: &context) }
                    pen = (width, color)
                    path.move(to: point(from))
                    path.addLine(to: point(to))
                    continue
                }
                if let last = pen { flush(&path, last, into: &context) }
                pen = nil
                fill(command, into: &context)
            }
            if let last = pen { flush(&path, last, into: &context) }
        }

        private func flush(
            _ path: inout Path, _ pen: (width: Float, color: DrawColor), into context: inout GraphicsContext
        ) {
            let style = StrokeStyle(lineWidth: CGFloat(pen.width), lineCap: .round)
            context.stroke(path, with: .color(color(pen.color)), style: style)
            path = Path()
        }

        private func fill(_ command: DrawCommand, into context: inout GraphicsContext) {
            switch command {
            case .point(let center, let radius, let color):
                let (x, y, side) = (CGFloat(center.x - radius), CGFloat(center.y - radius), CGFloat(2 * radius))
                let disc = Path(ellipseIn: CGRect(x: x, y: y, width: side, height: side))
                context.fill(disc, with: .color(self.color(color)))
            case .triangle(let a, let b, let c, let color):
                var triangle = Path()
                triangle.move(to: point(a))
                triangle.addLine(to: point(b))
                triangle.addLine(to: point(c))
                triangle.closeSubpath()
                context.fill(triangle, with: .color(self.color(color)))
            case .line: break
            }
        }

        private func point(_ point: SIMD2<Float>) -> CGPoint {
            CGPoint(x: CGFloat(point.x), y: CGFloat(point.y))
        }

        private func color(_ color: DrawColor) -> Color {
            let channels = SIMD4<Double>(color.channels) / 255
            return Color(.sRGB, red: channels.x, green: channels.y, blue: channels.z, opacity: channels.w)
        }
    }
#endif

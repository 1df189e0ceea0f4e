import BlazeMeshCore
import Foundation

/// A file of screens, as Python wrote it.
struct Screens: Decodable {
    let screens: [Screen]
}

// Overlay FILE: each screen's name, its view, what of the picture is cut off, and its draw commands.
let file = URL(fileURLWithPath: CommandLine.arguments[1])
let screens = try JSONDecoder().decode(Screens.self, from: Data(contentsOf: file)).screens
var lines: [String] = []
for screen in screens {
    let (place, view) = (try screen.place(), screen.view)
    let (a, b) = (place.apply(SIMD2(0, 0)), place.apply(SIMD2(1, 1)))
    let (low, high) = (pointwiseMin(a, b), pointwiseMax(a, b))
    lines.append("screen \(screen.name)")
    lines.append("view \(DrawText.points(view))")
    // Left, top, right and bottom, in points; below zero, what of the view is left empty.
    lines.append("cut \(DrawText.points(-low, high - view))")
    lines += try screen.list().commands.map(DrawText.line)
}
print(lines.joined(separator: "\n"))

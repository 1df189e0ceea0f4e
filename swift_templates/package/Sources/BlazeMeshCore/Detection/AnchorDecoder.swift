/// Raw regressors → points normalised to the input.
nonisolated struct AnchorDecoder: Sendable {
    /// Regressors are clipped to ± float16's largest number, 340 times the input's side or more: an infinite one would
    /// make NaN of what it is averaged with.
    static let valueLimit: Float = 65504

    private let anchors: [SIMD2<Float>]
    private let scale: Float

    init(_ recipe: AnchorRecipe) {
        anchors = recipe.centers
        scale = 1 / Float(recipe.inputSide)
    }

    var count: Int { anchors.count }

    /// The box (minimum x, y, maximum x, y) of a row of regressors; its width is negative where the row holds NaN.
    @inline(__always)
    func box(_ row: SIMD16<Float>, anchor: Int) -> SIMD4<Float> {
        let values = Self.isOrdinary(row) ? row : Self.clipped(row)
        return placedBox(values.lowHalf.lowHalf, center: anchors[anchor])
    }

    /// Centre and size in pixels of the input, as offset from `center` → box.
    @inline(__always)
    private func placedBox(_ values: SIMD4<Float>, center: SIMD2<Float>) -> SIMD4<Float> {
        let scaled = values * scale
        let (middle, half) = (scaled.lowHalf + center, scaled.highHalf / 2)
        return SIMD4(lowHalf: middle - half, highHalf: middle + half)
    }

    /// The eight points of a row of regressors: box minimum, box maximum, keypoints.
    @inline(__always)
    func points(_ row: SIMD16<Float>, anchor: Int) -> SIMD16<Float> {
        let values = Self.isOrdinary(row) ? row : Self.clipped(row)
        let center = anchors[anchor]
        let two = SIMD4(lowHalf: center, highHalf: center)
        let four = SIMD8(lowHalf: two, highHalf: two)
        let placed = values * scale + SIMD16(lowHalf: four, highHalf: four)
        let box = placedBox(values.lowHalf.lowHalf, center: center)
        return SIMD16(lowHalf: SIMD8(lowHalf: box, highHalf: placed.lowHalf.highHalf), highHalf: placed.highHalf)
    }

    /// Whether no number is NaN or to be clipped.
    @inline(__always)
    private static func isOrdinary(_ row: SIMD16<Float>) -> Bool {
        let squares = row.lowHalf * row.lowHalf + row.highHalf * row.highHalf
        let fours = squares.lowHalf + squares.highHalf
        // Less than the limit's own square: a sum of sixteen squares that passes holds nothing that is to be clipped.
        return fours.x + fours.y + (fours.z + fours.w) < valueLimit * valueLimit * 0.99
    }

    /// A row of negative size where there is NaN, else the numbers within their limits.
    @inline(never)
    private static func clipped(_ row: SIMD16<Float>) -> SIMD16<Float> {
        var values = row
        for index in 0..<16 {
            if row[index].isNaN {
                values = .zero
                (values[2], values[3]) = (-2, -2)
                return values
            }
            values[index] = min(max(row[index], -valueLimit), valueLimit)
        }
        return values
    }
}

/// SHA-256. Source: FIPS 180-4, sections 4.1.2, 5 and 6.2.
public enum SHA256 {
    public typealias Digest = [UInt8]

    public static func hash<Bytes: Sequence>(data: Bytes) -> Digest where Bytes.Element == UInt8 {
        var message = Array(data)
        let bits = UInt64(message.count) * 8
        message.append(0x80)
        while message.count % 64 != 56 { message.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            message.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        let primes = Self.primes(64)
        let constants = primes.map { fraction(cubeRootOf: $0) }
        var state = primes.prefix(8).map { fraction(squareRootOf: $0) }
        for block in stride(from: 0, to: message.count, by: 64) {
            round(message[block..<block + 64], constants, &state)
        }
        return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
    }

    private static func round(_ block: ArraySlice<UInt8>, _ constants: [UInt32], _ state: inout [UInt32]) {
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
            block[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<64 {
            let (early, late) = (words[index - 15], words[index - 2])
            let first = turn(early, 7) ^ turn(early, 18) ^ early >> 3
            let second = turn(late, 17) ^ turn(late, 19) ^ late >> 10
            words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
        }
        var s = state
        for index in 0..<64 {
            let choice = s[4] & s[5] ^ ~s[4] & s[6]
            let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
            let first =
                s[7] &+ (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) &+ choice &+ constants[index] &+ words[index]
            let second = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) &+ majority
            s = [first &+ second, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
        }
        state = zip(state, s).map { $0 &+ $1 }
    }

    private static func turn(_ word: UInt32, _ places: UInt32) -> UInt32 { word >> places | word << (32 - places) }

    private static func primes(_ count: Int) -> [UInt64] {
        var found: [UInt64] = []
        var next: UInt64 = 2
        while found.count < count {
            if !found.contains(where: { next % $0 == 0 }) { found.append(next) }
            next += 1
        }
        return found
    }

    /// The first 32 bits of a root's fraction: the root of the number times 2⁶⁴, or 2⁹⁶, in whole numbers.
    private static func fraction(squareRootOf prime: UInt64) -> UInt32 {
        root { root in root.multipliedFullWidth(by: root).high >= prime }
    }

    private static func fraction(cubeRootOf prime: UInt64) -> UInt32 {
        root { root in
            let square = root.multipliedFullWidth(by: root)
            let low = square.low.multipliedFullWidth(by: root)
            let high = square.high * root + low.high
            return high >= prime << 32
        }
    }

    /// The largest whole number, its last 32 bits, that isn't too large yet.
    private static func root(isTooLarge: (UInt64) -> Bool) -> UInt32 {
        var root: UInt64 = 0
        for bit in stride(from: 36, through: 0, by: -1) where !isTooLarge(root | 1 << UInt64(bit)) {
            root |= 1 << UInt64(bit)
        }
        return UInt32(truncatingIfNeeded: root)
    }
}

// iOS refuses: overlapping accesses to 'values'
func exchange(_ values: inout [Float]) {
    swap(&values[0], &values[1])
}

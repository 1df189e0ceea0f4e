"""What a Graph becomes beside Core ML: one function per operator, written once against what every home can do."""

"""What a face app needs around the networks, in plain numpy: anchors, decoding, suppression, operators LiteRT lacks."""

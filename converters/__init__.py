"""One float `.tflite` in, one Core ML program out; this package knows nothing of faces."""

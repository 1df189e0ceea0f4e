"""One function per operator, from its `.tflite` form to MIL."""

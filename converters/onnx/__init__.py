"""The ONNX home: a Graph as an ONNX model of opset 17."""

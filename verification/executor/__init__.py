"""Executes a saved Core ML package from its bytes: MIL operators become one ONNX graph, run by ONNX Runtime."""

// iOS refuses: value of optional type 'MLMultiArray?' must be unwrapped
import CoreML

func strides(_ value: MLFeatureValue) -> [NSNumber] {
    value.multiArrayValue.strides
}

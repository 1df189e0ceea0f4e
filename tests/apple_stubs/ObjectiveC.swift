// The Swift half of the module ObjectiveC; with bodies, because the compiler builds it beside its header.
@_exported import ObjectiveC

// documentation/objectivec/selector
@frozen public struct Selector: ExpressibleByStringLiteral {
  var pointer: OpaquePointer
  public init(_ name: String) { fatalError() }
  public init(stringLiteral name: String) { fatalError() }
}

// documentation/objectivec/objcbool
@frozen public struct ObjCBool: ExpressibleByBooleanLiteral {
  var value: Bool
  public var boolValue: Bool { value }
  public init(_ value: Bool) { self.value = value }
  public init(booleanLiteral value: Bool) { self.value = value }
}

// The compiler calls these where C says BOOL.
public func _convertBoolToObjCBool(_ value: Bool) -> ObjCBool { ObjCBool(value) }
public func _convertObjCBoolToBool(_ value: ObjCBool) -> Bool { value.boolValue }

// documentation/objectivec/nsobject-swift.class
extension NSObject: Equatable, Hashable {
  public static func == (left: NSObject, right: NSObject) -> Bool { left.isEqual(right) }
  public var hashValue: Int { 0 }
  public func hash(into hasher: inout Hasher) {}
}

// documentation/objectivec/autoreleasepool(invoking:)
public func autoreleasepool<Result>(invoking body: () throws -> Result) rethrows -> Result { try body() }

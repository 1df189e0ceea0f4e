// What an Objective-C method's out parameter (NSError **) becomes.
@frozen public struct AutoreleasingUnsafeMutablePointer<Pointee> : _Pointer {
  public let _rawValue: Builtin.RawPointer
  @_transparent public init(_ _rawValue: Builtin.RawPointer) { self._rawValue = _rawValue }
  @_transparent public init(@_nonEphemeral _ from: UnsafeMutablePointer<Pointee>) { self.init(from._rawValue) }
  @inlinable public var pointee: Pointee {
    @_transparent get { UnsafePointer<Pointee>(self._rawValue).pointee }
    @_transparent nonmutating set { UnsafeMutablePointer<Pointee>(self._rawValue).pointee = newValue }
  }
}

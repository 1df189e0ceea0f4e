// What the compiler must see in C: the root class, its protocol, selectors.
#pragma once
#pragma clang assume_nonnull begin

// documentation/objectivec/nsinteger
typedef long NSInteger;
// documentation/objectivec/nsuinteger
typedef unsigned long NSUInteger;

// documentation/objectivec/sel
typedef struct objc_selector *SEL;

// documentation/objectivec/nsobjectprotocol
__attribute__((swift_name("NSObjectProtocol")))
@protocol NSObject
- (_Bool)isEqual:(nullable id)object;
@property (readonly) NSUInteger hash;
@end

// documentation/objectivec/nsobject-swift.class
__attribute__((objc_root_class))
@interface NSObject <NSObject>
- (instancetype)init;
@end

#pragma clang assume_nonnull end

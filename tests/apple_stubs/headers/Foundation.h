// The classes that Core Foundation's types are bridged to: the compiler looks for them in C.
#pragma once
@import ObjectiveC;

// documentation/foundation/nsstring
__attribute__((swift_attr("@Sendable")))
@interface NSString : NSObject
@end

// documentation/foundation/nsdictionary
@interface NSDictionary : NSObject
@end

// documentation/foundation/nsarray
@interface NSArray : NSObject
@end

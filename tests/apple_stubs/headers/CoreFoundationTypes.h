// Core Foundation's types: Swift makes foreign classes of bridged C types, which no Swift text can declare.
#pragma once
@import ObjectiveC;

#define BRIDGED(class) __attribute__((objc_bridge(class)))
#define SENDABLE __attribute__((swift_attr("@Sendable")))
#define NOT_SENDABLE __attribute__((swift_attr("@_nonSendable")))

@class NSString, NSDictionary;

// documentation/corefoundation/cftyperef
typedef const void BRIDGED(id) *CFTypeRef;
// documentation/corefoundation/cfstring
typedef const struct BRIDGED(NSString) __CFString *CFStringRef;
// documentation/corefoundation/cfdictionary
typedef const struct BRIDGED(NSDictionary) __CFDictionary *CFDictionaryRef;
// documentation/corefoundation/cfallocator
typedef const struct BRIDGED(id) __CFAllocator *CFAllocatorRef;

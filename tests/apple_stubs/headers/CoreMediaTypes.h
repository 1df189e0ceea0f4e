#pragma once
@import CoreFoundationTypes;

// documentation/coremedia/cmsamplebuffer
typedef struct BRIDGED(id) NOT_SENDABLE opaqueCMSampleBuffer *CMSampleBufferRef;
// documentation/coremedia/cmformatdescription
typedef const struct BRIDGED(id) SENDABLE opaqueCMFormatDescription *CMFormatDescriptionRef;

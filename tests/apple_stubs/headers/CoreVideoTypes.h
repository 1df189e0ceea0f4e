#pragma once
@import CoreFoundationTypes;

// documentation/corevideo/cvbuffer
typedef struct BRIDGED(id) NOT_SENDABLE __CVBuffer *CVBufferRef;
// documentation/corevideo/cvimagebuffer
typedef CVBufferRef CVImageBufferRef;
// documentation/corevideo/cvpixelbuffer
typedef CVImageBufferRef CVPixelBufferRef;
// documentation/corevideo/cvpixelbufferpool
typedef struct BRIDGED(id) NOT_SENDABLE __CVPixelBufferPool *CVPixelBufferPoolRef;

// Defines the C library's allocating functions, counts the calls, and hands them on. The linker prefers an executable's
// own definitions, so that Swift's runtime allocates through these too.

#define _GNU_SOURCE
#include "AllocationProbe.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static __thread long count;
static __thread int counting;

static void note(void) {
    if (counting) {
        count += 1;
    }
}

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    note();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    note();
    void *found = __libc_memalign(alignment, size);
    if (found == NULL) {
        return ENOMEM;
    }
    *result = found;
    return 0;
}

void allocation_probe_begin(void) {
    count = 0;
    counting = 1;
}

long allocation_probe_end(void) {
    counting = 0;
    return count;
}

#else

void allocation_probe_begin(void) {}

long allocation_probe_end(void) { return -1; }

#endif

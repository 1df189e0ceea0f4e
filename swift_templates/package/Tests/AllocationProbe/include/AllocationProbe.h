#ifndef ALLOCATION_PROBE_H
#define ALLOCATION_PROBE_H

/// Begins to count this thread's allocations.
void allocation_probe_begin(void);

/// Ends counting; how many allocations there were, or -1 where they can't be counted: without glibc, or where a
/// sanitizer has its own allocator.
long allocation_probe_end(void);

#endif

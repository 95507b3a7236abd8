// prefetch: brings a cache line closer, before it is read.
#pragma once

namespace daybook {

// Any address will do; the line need not be there.
inline void prefetch(const void* address) {
    __builtin_prefetch(address);
    // Without it g++ 12 takes a function that only prefetches for one without effect, and drops the
    // calls of it.
    asm volatile("" : : "r"(address));
}

}  // namespace daybook

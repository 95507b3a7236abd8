#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace daybook {

void invariant_broken(const char* condition, const char* why, const char* file, int line) {
    // stdio without locks or allocation: the process may be in any state.
    std::fprintf(stderr, "daybook: broken invariant at %s:%d: %s (%s)\n", file, line, why,
                 condition);
    std::abort();
}

}  // namespace daybook

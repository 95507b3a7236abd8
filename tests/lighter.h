// How much a test does. Instrumented code takes twenty times as long: there a tenth has to do.
#pragma once

#include <cstdint>

namespace daybook::tests {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsInstrumented = true;
#elif defined(__has_feature)
inline constexpr bool kIsInstrumented =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool kIsInstrumented = false;
#endif

constexpr std::uint64_t lighter(std::uint64_t count) {
    return kIsInstrumented ? count / 10 : count;
}

}  // namespace daybook::tests

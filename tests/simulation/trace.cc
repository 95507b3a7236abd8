#include "tests/simulation/trace.h"

#include <cstdio>
#include <cstring>

namespace daybook::simulation {

std::uint64_t digest(Bytes bytes) {
    std::uint64_t hash = bytes.size();
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 29;
    }
    for (const std::byte byte : bytes)
        hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0x9e3779b97f4a7c15;
    return hash ^ (hash >> 32);
}

void Trace::print(Nanos at, std::string_view what, std::uint64_t first, std::uint64_t second,
                  std::uint64_t third) {
    std::printf("%10lld.%06lld  %-28.*s %llu %llu %llx\n", static_cast<long long>(at / kSecond),
                static_cast<long long>(at % kSecond / kMicrosecond), static_cast<int>(what.size()),
                what.data(), static_cast<unsigned long long>(first),
                static_cast<unsigned long long>(second), static_cast<unsigned long long>(third));
}

}  // namespace daybook::simulation

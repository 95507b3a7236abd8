// The keys of the projection's databases, as they are on disk (projector/FORMAT.md).
#pragma once

#include <cstdint>

#include "base/seq.h"
#include "ledger/entry_id.h"
#include "ledger/numbers.h"

namespace daybook::projector {

// Keys are big-endian, so that their order is that of the numbers.
constexpr std::uint64_t key_of(AccountNumber number) {
    return __builtin_bswap64(number.value());
}
constexpr std::uint32_t key_of(AssetNumber number) {
    return __builtin_bswap32(number.value());
}
constexpr std::uint64_t key_of(EntryId id) {
    return __builtin_bswap64(id.bits());
}

// Links an entry to a reversal of it.
struct ReversalKey {
    std::uint64_t original = 0;
    std::uint64_t reversal = 0;
};
static_assert(sizeof(ReversalKey) == 16);

// State and limits an account had until a record of this Seq changed them.
struct TermsKey {
    std::uint64_t account = 0;
    std::uint64_t until = 0;
};
static_assert(sizeof(TermsKey) == 16);
constexpr TermsKey terms_key(AccountNumber account, Seq until) {
    return {key_of(account), __builtin_bswap64(until.value())};
}

}  // namespace daybook::projector

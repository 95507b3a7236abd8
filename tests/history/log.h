// The bytes in which a client writes down what it asked and what it was told, and nothing of
// Daybook's. Written and read on one machine. Each file starts with Opening, then entries in the
// order of time.
#pragma once

#include <cstdint>
#include <type_traits>

namespace daybook::history {

enum class What : std::uint8_t { call = 1, reply = 2, read = 3, round = 4, head = 5 };

enum class Kind : std::uint8_t {
    transfer = 1,
    take = 2,  // a balancing transfer: as much as the debited account can give
    entry = 3,
    place = 4,
    capture = 5,
    capture_finally = 6,
    release = 7,
    reverse = 8,
    reverse_part = 9,
};

enum class Measure : std::uint8_t { none = 0, version_is = 1, available_from = 2 };

inline constexpr std::uint32_t kMagic = 0x31484244;
inline constexpr std::uint16_t kNoAccount = 0xffff;

struct Opening {
    std::uint32_t magic = kMagic;
    std::uint16_t accounts = 0;  // numbered from 0; the first one pays the others in
    std::uint16_t client = 0;
    std::uint64_t seq = 0;    // of the last record before the history
    std::uint64_t funds = 0;  // paid in to each account but the first, by the first client
};

// What is asked; calls of one client are numbered from 0 in the order of its file.
struct Call {
    What what = What::call;
    Kind kind = Kind::transfer;
    Measure measure = Measure::none;
    std::uint8_t wants_touches = 0;
    std::uint16_t debit = kNoAccount;
    std::uint16_t credit = kNoAccount;
    std::uint16_t measured = kNoAccount;
    std::uint16_t padding[3] = {};
    std::int64_t moment = 0;  // before it was sent, nanoseconds of the machine's monotonic clock
    std::uint64_t key[2] = {};
    std::int64_t amount = 0;
    std::uint64_t name = 0;  // the seq by which the hold or entry is named
    std::int64_t demanded = 0;
};

struct Touched {
    std::uint64_t account = 0;
    std::uint64_t version = 0;
    std::int64_t posted_debits = 0;
    std::int64_t posted_credits = 0;
    std::int64_t held_debits = 0;
    std::int64_t held_credits = 0;
    friend bool operator==(const Touched&, const Touched&) = default;
};

// What was told of a call. A call without one is of unknown outcome.
struct Reply {
    What what = What::reply;
    std::uint8_t verdict = 0;
    std::uint8_t is_replay = 0;
    std::uint8_t touches = 0;
    std::uint16_t code = 0;
    std::uint16_t padding = 0;
    std::uint32_t call = 0;
    std::uint32_t more_padding = 0;
    std::int64_t moment = 0;  // after it had come
    std::uint64_t seq = 0;
    std::int64_t taken = 0;     // what was posted, where the call does not say
    std::uint64_t subject = 0;  // of a rejection: the account
    std::int64_t stood = 0;     // and its balance or version as it stood
    Touched touched[2];
};

// Balances of all accounts, followed by that many Touched.
struct Read {
    What what = What::read;
    std::uint8_t padding[7] = {};
    std::int64_t asked = 0;
    std::int64_t answered = 0;
    std::uint64_t min_seq = 0;  // what the reader asked to see
    std::uint64_t watermark = 0;
};

// All clients have met: whatever came before is answered, whatever follows is not yet asked.
struct Round {
    What what = What::round;
    std::uint8_t is_window = 0;  // the next one is for the search that ignores seqs
    std::uint8_t padding[6] = {};
    std::int64_t moment = 0;
};

// The last seq there was when all was answered.
struct Head {
    What what = What::head;
    std::uint8_t padding[7] = {};
    std::uint64_t seq = 0;
};

static_assert(std::is_trivially_copyable_v<Call> && std::is_trivially_copyable_v<Reply> &&
              std::is_trivially_copyable_v<Read>);

}  // namespace daybook::history

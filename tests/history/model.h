// Bank: the rules that the workload meets, once more, in a few lines and for one asset. What it
// says of a call is what the reply must be. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "tests/history/log.h"

namespace daybook::history {

inline constexpr std::uint16_t kInsufficientFunds = 13;
inline constexpr std::uint16_t kPreconditionFailed = 15;
inline constexpr std::uint16_t kKeyReused = 1001;

// What a reply must say, but for seq and time.
struct Answer {
    std::uint16_t code = 0;
    std::int64_t taken = 0;
    std::uint64_t subject = 0;
    std::int64_t stood = 0;
    std::array<Touched, 2> touched;
    bool agrees(const Call& call, const Reply& reply) const;
};

class Bank {
public:
    Bank(std::uint16_t accounts) : accounts_(accounts) {
        for (std::uint16_t i = 0; i < accounts; ++i)
            accounts_[i].account = i;
    }

    Answer decide(const Call& call) const;
    // What a call that was accepted did, whatever the limits; `taken` as its reply says.
    Answer effect(const Call& call, std::int64_t taken) const;
    // Takes over what the answer to a call says; `name` is the seq by which others name what it
    // made.
    void apply(const Call& call, const Answer& answer, std::uint64_t name);
    // The last apply that is not taken back yet.
    void take_back();

    const std::vector<Touched>& accounts() const { return accounts_; }

private:
    enum class Standing : std::uint8_t { open, captured, released };
    struct Hold {
        std::uint16_t debit;
        std::uint16_t credit;
        std::int64_t remaining;
        Standing standing;
    };
    struct Entry {
        std::uint16_t debit;
        std::uint16_t credit;
        std::int64_t amount;
        std::int64_t reversed;
        bool is_reversal;
    };
    struct Undo {
        std::array<Touched, 2> touched;
        Kind kind;
        bool was_accepted;
        std::uint64_t name;
        std::uint64_t target;
        Hold hold;
        Entry entry;
    };

    std::int64_t available(std::uint16_t account) const;
    bool lacks(std::uint16_t account, std::int64_t amount, Answer& answer) const;
    Answer moved(std::uint16_t debit, std::uint16_t credit, std::int64_t posted,
                 std::int64_t held) const;
    Answer decide_capture(const Call& call) const;
    Answer decide_reversal(const Call& call) const;

    std::vector<Touched> accounts_;
    std::unordered_map<std::uint64_t, Hold> holds_;
    std::unordered_map<std::uint64_t, Entry> entries_;
    std::vector<Undo> undo_;
};

}  // namespace daybook::history

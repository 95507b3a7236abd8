// Workload: what one client asks next: reciprocal transfers over a few accounts, with
// preconditions, holds, reversals, keys stated again and keys stated for something else. A seed
// fixes the choices but not the names of holds and entries, which the replies bring.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "bench/random.h"
#include "ledger/command.h"
#include "ledger/numbers.h"
#include "tests/history/log.h"

namespace daybook::history {

// What the clients of one history share.
struct Meeting {
    std::atomic<std::uint64_t> seq{0};   // the greatest that any was told
    std::atomic<std::uint64_t> keys{0};  // of which several make use
    std::uint64_t first_account = 0;
    std::uint64_t first_seq = 0;
};

class Workload {
public:
    Workload(std::uint64_t seed, std::uint16_t client, std::uint16_t accounts, Meeting& meeting);

    // The calls of one message: fixed-size transfers only, or other commands only.
    std::vector<Call> next_message(std::size_t calls_max, bool wants_touches);
    void learn(const Call& call, const Reply& reply);
    bool chance(std::uint64_t one_in) { return random_.below(one_in) == 0; }
    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

private:
    Call new_transfer();
    Call new_command();
    Call shared_transfer();
    void demand_something(Call& call);
    std::uint64_t some_name(const std::vector<std::uint64_t>& own);
    void choose_accounts(Call& call, bench::Random& random) const;

    bench::Random random_;
    std::uint64_t seed_;
    std::uint16_t client_;
    std::uint16_t accounts_;
    Meeting& meeting_;
    std::uint64_t keys_ = 0;
    std::uint64_t newest_seq_ = 0;
    std::vector<std::uint64_t> versions_;  // last heard of
    std::vector<std::uint64_t> holds_;
    std::vector<std::uint64_t> entries_;
    std::vector<Call> transfers_;  // stated before
    std::vector<Call> commands_;
};

bool is_transfer(Kind kind);
// Accounts by their numbers, which count on from `first_account`.
Transfer transfer_of(const Call& call, std::uint64_t first_account);
Command command_of(const Call& call, std::uint64_t first_account);

}  // namespace daybook::history

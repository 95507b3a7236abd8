// The checker of a crossfire: compares every answer with a tally of its own, made of integers and
// vectors and none of the ledger's code. Pure: what was sent and answered in, findings out.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "bench/crossfire_plan.h"

namespace daybook::bench {

// One answer as a producer logged it.
struct LoggedAnswer {
    std::uint64_t seq;
    std::uint16_t code;
    std::uint8_t verdict;  // ledger's Verdict; 0: no answer came
    std::uint8_t is_replay;
    std::uint32_t unused;
};

// One producer's commands and, at the same index, the answers.
struct AnswerLog {
    std::span<const PlannedCommand> sends;
    std::span<const LoggedAnswer> answers;
};

// What became of a key; seq 0: it was never decided.
struct KeyOutcome {
    std::uint64_t seq = 0;
    bool is_accepted = false;
};

struct CrossfireTally {
    std::uint64_t sends = 0;
    std::uint64_t accepted = 0;                       // commands, each counted once
    std::map<std::uint16_t, std::uint64_t> rejected;  // by code
    std::uint64_t replays = 0;                        // answers flagged as such
    std::uint64_t refused_reuse = 0;

    std::uint64_t lost = 0;              // sends without a definite answer
    std::uint64_t double_spends = 0;     // accepted although the money was not there
    std::uint64_t double_effects = 0;    // one key, two outcomes
    std::uint64_t wrong_rejections = 0;  // rejected although the money was there
    std::uint64_t wrong_answers = 0;     // anything else an answer may not say
    std::vector<std::string> findings;   // the first few of them, in words

    std::vector<KeyOutcome> outcomes;    // by key
    std::vector<std::int64_t> balances;  // by place, after everything

    std::uint64_t wrongs() const {
        return lost + double_spends + double_effects + wrong_rejections + wrong_answers;
    }
};

// `starting_balances` by place. Cash has no limit, every other account's is zero.
CrossfireTally tally_crossfire(std::span<const AnswerLog> logs, std::uint64_t key_count,
                               std::vector<std::int64_t> starting_balances);

}  // namespace daybook::bench

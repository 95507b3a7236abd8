// Audit: holds what clients were told, and what readers saw, against the journal at the end of a
// run. Independent of the core: it decodes records and trusts nothing else.
#pragma once

#include <cstddef>
#include <cstdint>

#include "journal/block.h"
#include "schema/record.h"
#include "sequencer/core.h"
#include "tests/simulation/accounts.h"
#include "tests/simulation/history.h"
#include "tests/simulation/journal.h"
#include "tests/simulation/swarm.h"

namespace daybook::simulation {

class Audit {
public:
    Audit(const SimulatedJournal& journal, History& history, Marks& marks)
        : journal_{journal}, history_{history}, marks_{marks} {}

    // Every record: its place, its key, its effects, its answers, and the readings at its Seq.
    void walk();
    // The book that the journal makes again is the one that the clerk has.
    void compare_with(const sequencer::Core& live);
    // Decided once more, each block comes out the same, to the byte.
    void decide_again(std::size_t block_bytes_max);

    std::uint64_t records() const { return records_; }

private:
    void wrong(Seq seq, const std::string& what);
    void check_record(const schema::RecordView& record, Stamp stamp);
    void check_key(const schema::RecordView& record, Stamp stamp);
    void check_readings(Seq seq);
    void check_answers();
    void check_answer(const Ask& ask);

    const SimulatedJournal& journal_;
    History& history_;
    Marks& marks_;
    Accounts accounts_;
    std::size_t readings_checked_ = 0;
    std::uint64_t records_ = 0;
};

}  // namespace daybook::simulation

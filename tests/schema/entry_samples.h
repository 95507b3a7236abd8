// Runs of records, and queries and answers about single records, with everything they can have.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "schema/entry_answers.h"
#include "schema/facts_answer.h"
#include "schema/query.h"
#include "schema/record.h"
#include "schema/run.h"
#include "tests/schema/account_samples.h"

namespace daybook::schema {

inline std::vector<std::byte> record_of(std::uint64_t seq) {
    std::vector<std::byte> record(kRecordHeaderBytes + 8 * (seq % 3));
    std::memcpy(record.data(), &seq, sizeof seq);
    return record;
}

inline BlockFacts block_of(std::uint64_t number, std::uint64_t first, std::uint32_t count) {
    return {.number = number,
            .first_seq = Seq{first},
            .record_count = count,
            .stamp = Stamp{static_cast<std::int64_t>(number)},
            .previous = {{static_cast<std::uint8_t>(number - 1)}},
            .payload_root = {{9}},
            .history_root = {{8}},
            .hash = {{static_cast<std::uint8_t>(number)}}};
}

inline void add_run(std::vector<std::byte>& out, const BlockFacts& block, std::uint64_t first,
                    std::uint64_t last) {
    RunWriter run{out, block, Seq{first}};
    for (std::uint64_t seq = first; seq <= last; ++seq)
        run.add(record_of(seq));
    run.end();
}

inline std::vector<std::byte> sample_runs() {
    std::vector<std::byte> runs;
    add_run(runs, block_of(2, 3, 4), 5, 6);
    add_run(runs, block_of(3, 7, 3), 7, 9);
    return runs;
}

inline std::vector<Query> sample_entry_queries() {
    Query entry;
    entry.kind = MessageKind::entry;
    entry.from = Seq{5};
    Query reference;
    reference.kind = MessageKind::reference;
    reference.min_seq = Seq{2};
    reference.texts = {std::string(128, 'r')};
    Query facts;
    facts.kind = MessageKind::facts;
    return {entry, reference, facts};
}

inline EntryDetails sample_entry_details() {
    std::vector<std::byte> run;
    add_run(run, block_of(2, 3, 4), 5, 5);
    const HoldNow hold{EntryId{Seq{5}, 2}, AccountNumber{7}, AccountNumber{8},
                       Amount{1, 2},       Amount{3, 4},     Stamp{-2}};
    return {
        kSampleStanding,
        std::move(run),
        {{EntryId{Seq{5}, 0}, EntryId{Seq{9}, 1}, 2}, {EntryId{Seq{5}, 1}, EntryId{Seq{6}, 0}, 1}},
        {hold},
        {sample_account_line(), sample_account_line()}};
}

inline BookFacts sample_facts() {
    return {kSampleStanding,
            {1, 2, 3, 4, 5},
            {100, 0, 7},
            {{9, Seq{18}, Stamp{2'000}, 960, 3}, {8, Seq{10}, Stamp{1'990}, 2'560, 8}}};
}

}  // namespace daybook::schema

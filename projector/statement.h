// Statement: what happened to one account, a line for each touch, newest first, page by page. A
// page costs its lines and O(log n) records to reach its first one, however long the history is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "ledger/history.h"
#include "ledger/numbers.h"
#include "projector/past.h"
#include "schema/statement.h"

namespace daybook::projector {

using schema::CounterPosting;
using schema::LineKind;
using schema::StatementLine;

struct StatementQuery {
    AccountNumber account;
    Seq from = Seq{1};           // inclusive
    Seq to = kSeqMax;            // inclusive; beyond the watermark: the watermark
    TouchPointer before = {};    // only lines older than this one; none: from `to` on
    std::size_t lines_max = 50;  // at least 1 (checked)
    // What a page may cost: it also ends with the line that passes one of these.
    std::size_t postings_max = schema::kStatementPostingsMax;
    std::size_t read_max = schema::kStatementReadMax;
};

struct StatementPage {
    std::vector<StatementLine> lines;  // newest first
    Balance closing;                   // after the first of them; without any, where they would be
    Balance opening;                   // before the last of them; the two differ by the lines
    // `before` of the next, older page; none when this one reaches the start of the range.
    TouchPointer next;
    std::uint64_t records_read = 0;
};

// `not_found` when there is no such account, or not yet at the range's end; `damaged` as
// AccountHistory says.
Result<StatementPage> read_statement(const Past& past, const StatementQuery& query);

}  // namespace daybook::projector

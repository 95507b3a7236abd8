// `daybook bench statements`: how long a page of a statement and a balance at a moment of the past
// take, on a journal of millions of records.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/result.h"
#include "base/seq.h"
#include "bench/histogram.h"
#include "bench/made_book.h"

namespace daybook::bench {

struct StatementsOptions {
    BookOptions book;
    std::uint64_t pages = 20'000;  // measured ones, half of them newest, half from a random Seq on
    std::uint64_t lines = 50;      // a page
    std::uint64_t lookups = 50'000;  // of a random account at a random Seq
};

struct StatementsReport {
    Seq head;
    std::uint64_t accounts = 0;
    std::uint64_t lines = 0;  // read in all
    Histogram page;           // the view and the snapshot included
    std::uint64_t page_records_max = 0;
    Histogram lookup;  // the same
    std::uint64_t hops_max = 0;
    double hops_mean = 0;
    std::uint64_t touches_max = 0;  // of one account
};

// Blocks until it is done. `try_again` when it was stopped by a signal.
Result<StatementsReport> run_statements(const StatementsOptions& options);

}  // namespace daybook::bench

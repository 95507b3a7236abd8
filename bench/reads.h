// `daybook bench reads`: how fast one core reads balances from the projection, and how fast the
// projection is folded from the journal.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/result.h"
#include "base/seq.h"
#include "bench/made_book.h"

namespace daybook::bench {

struct ReadsOptions {
    BookOptions book;
    std::uint64_t reads = 5'000'000;   // measured ones, of random accounts
    std::uint64_t reads_a_view = 100;  // each view is one consistent cut
};

struct ReadsReport {
    Seq head;
    std::uint64_t accounts = 0;
    std::uint64_t reads = 0;
    std::chrono::duration<double> elapsed{0};         // `reads_a_view` a view
    std::chrono::duration<double> elapsed_single{0};  // a tenth of the reads, a view each
    std::chrono::duration<double> rebuild{0};

    double rate() const { return static_cast<double>(reads) / elapsed.count(); }
    double single_rate() const { return static_cast<double>(reads / 10) / elapsed_single.count(); }
    double rebuild_rate() const { return static_cast<double>(head.value()) / rebuild.count(); }
};

// Blocks until it is done. `try_again` when it was stopped by a signal.
Result<ReadsReport> run_reads(const ReadsOptions& options);

}  // namespace daybook::bench

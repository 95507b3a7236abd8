#include "bench/reads.h"

#include <algorithm>

#include "bench/random.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;

// How long `reads` of them take.
Result<std::chrono::duration<double>> read(MadeBook& book, std::uint64_t reads,
                                           std::uint64_t reads_a_view) {
    Random random{3};
    std::uint64_t versions = 0;
    const auto started = steady_clock::now();
    for (std::uint64_t done = 0; done < reads;) {
        const auto view = book.balances().view();
        if (!view) return std::unexpected{view.error()};
        const std::uint64_t until = std::min(reads, done + reads_a_view);
        for (; done < until; ++done) {
            const AccountNumber account{1 + random.below(book.account_count())};
            const auto balance = view->balance(account);
            if (!balance) return std::unexpected{balance.error()};
            if (!*balance) return fail(ErrorCode::damaged, "an account has no balance");
            versions += (*balance)->version;
        }
        if (done % (1 << 16) < reads_a_view && book.is_stopped()) {
            return fail(ErrorCode::try_again, "stopped by a signal");
        }
    }
    const auto elapsed = steady_clock::now() - started;
    if (versions == 0) return fail(ErrorCode::bad_input, "no account was ever touched");
    return elapsed;
}

}  // namespace

Result<ReadsReport> run_reads(const ReadsOptions& options) {
    auto book = MadeBook::open(options.book);
    if (!book) return std::unexpected{book.error()};
    const auto warm = read(*book, options.reads / 10, options.reads_a_view);
    if (!warm) return std::unexpected{warm.error()};
    const auto elapsed = read(*book, options.reads, options.reads_a_view);
    if (!elapsed) return std::unexpected{elapsed.error()};
    const auto single = read(*book, options.reads / 10, 1);
    if (!single) return std::unexpected{single.error()};
    return ReadsReport{book->head(), book->account_count(), options.reads, *elapsed,
                       *single,      book->rebuild()};
}

}  // namespace daybook::bench

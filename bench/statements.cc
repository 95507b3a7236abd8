#include "bench/statements.h"

#include <algorithm>

#include "bench/random.h"
#include "projector/statement.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;

// One in this many goes to one of the first accounts, where most of the history is.
constexpr std::uint64_t kHotOneIn = 8;
constexpr std::uint64_t kHotAccounts = 16;

class StatementBench {
public:
    StatementBench(const StatementsOptions& options, MadeBook& book)
        : options_{options}, book_{book} {}

    Result<StatementsReport> run() {
        report_.head = book_.head();
        report_.accounts = book_.account_count();
        // What is measured is warm: the second time over the same places.
        for (const bool is_measured : {false, true}) {
            random_ = Random{5};
            for (std::uint64_t i = 0; i < options_.pages; ++i) {
                const auto done = read_page(i % 2 == 0, is_measured);
                if (!done) return std::unexpected{done.error()};
            }
            for (std::uint64_t i = 0; i < options_.lookups; ++i) {
                const auto done = look_up(is_measured);
                if (!done) return std::unexpected{done.error()};
            }
        }
        report_.hops_mean = static_cast<double>(hops_) /
                            static_cast<double>(std::max<std::uint64_t>(options_.lookups, 1));
        return report_;
    }

private:
    // What a reader opens for each request.
    template <typename Work>
    Result<std::chrono::nanoseconds> timed(const Work& work) {
        if (book_.is_stopped()) return fail(ErrorCode::try_again, "stopped by a signal");
        const auto started = steady_clock::now();
        const auto view = book_.balances().view();
        if (!view) return std::unexpected{view.error()};
        auto journal = journal::Snapshot::open(book_.journal());
        if (!journal) return std::unexpected{journal.error()};
        const auto past = projector::Past::open(*view, *journal);
        if (!past) return std::unexpected{past.error()};
        const Result<void> done = work(*past);
        if (!done) return std::unexpected{done.error()};
        return steady_clock::now() - started;
    }

    Result<void> read_page(bool is_newest, bool is_measured) {
        projector::StatementQuery query{.account = some_account(), .lines_max = options_.lines};
        if (!is_newest) query.to = some_seq();
        const auto took = timed([&](const projector::Past& past) -> Result<void> {
            const auto page = projector::read_statement(past, query);
            if (!page) return std::unexpected{page.error()};
            if (!is_measured) return {};
            report_.lines += page->lines.size();
            report_.page_records_max = std::max(report_.page_records_max, page->records_read);
            return {};
        });
        if (!took) return std::unexpected{took.error()};
        if (is_measured) report_.page.add(*took);
        return {};
    }

    Result<void> look_up(bool is_measured) {
        const AccountNumber number = some_account();
        const Seq seq = some_seq();
        std::uint64_t hops = 0;
        const auto took = timed([&](const projector::Past& past) -> Result<void> {
            const auto account = past.view().account(number);
            if (!account) return std::unexpected{account.error()};
            if (!*account) return fail(ErrorCode::damaged, "account numbers have gaps");
            const auto balance = past.balance_at(**account, seq, &hops);
            if (!balance) return std::unexpected{balance.error()};
            if (*balance) report_.touches_max = std::max(report_.touches_max, (*balance)->version);
            return {};
        });
        if (!took) return std::unexpected{took.error()};
        if (!is_measured) return {};
        report_.lookup.add(*took);
        report_.hops_max = std::max(report_.hops_max, hops);
        hops_ += hops;
        return {};
    }

    AccountNumber some_account() {
        const std::uint64_t count = book_.account_count();
        const bool is_hot = random_.below(kHotOneIn) == 0;
        return AccountNumber{1 + random_.below(is_hot ? std::min(kHotAccounts, count) : count)};
    }
    // After all accounts were opened, in a journal that was made for this.
    Seq some_seq() {
        const std::uint64_t head = book_.head().value();
        const std::uint64_t opened = std::min(book_.account_count() + 1, head - 1);
        return Seq{opened + 1 + random_.below(head - opened)};
    }

    const StatementsOptions& options_;
    MadeBook& book_;
    StatementsReport report_;
    Random random_{5};
    std::uint64_t hops_ = 0;
};

}  // namespace

Result<StatementsReport> run_statements(const StatementsOptions& options) {
    if (options.lines == 0) return fail(ErrorCode::usage, "a page has at least one line");
    auto book = MadeBook::open(options.book);
    if (!book) return std::unexpected{book.error()};
    return StatementBench{options, *book}.run();
}

}  // namespace daybook::bench

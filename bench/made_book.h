// MadeBook: a journal of random transfers, written without a server, and the projection of it: what
// the reading side is measured on. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/seq.h"
#include "bench/process.h"
#include "bench/server.h"
#include "bench/transfers.h"
#include "journal/environment.h"
#include "projector/balances.h"

namespace daybook::bench {

struct BookOptions {
    std::uint64_t records = 1'000'000;  // transfers, if a journal is made
    std::uint64_t accounts = 10'000;  // at least 2; half of the transfers touch one of the first 16
    std::filesystem::path data;       // its journal is used, or made and kept; empty: thrown away
    std::filesystem::path dir = ".";  // where what is thrown away is kept meanwhile
    OnProgress on_progress;
};

class MadeBook {
public:
    // Makes the journal if there is none, and folds it into a projection of its own, which goes
    // with this. `try_again` when it was stopped by a signal.
    static Result<MadeBook> open(const BookOptions& options);

    const std::shared_ptr<journal::Environment>& journal() const { return journal_; }
    const projector::Balances& balances() const { return *balances_; }
    Seq head() const { return head_; }
    std::uint64_t account_count() const { return accounts_; }
    // How long folding took.
    std::chrono::duration<double> rebuild() const { return rebuild_; }
    // True once a signal asked to end.
    bool is_stopped() { return stop_signals_->has_come(); }

private:
    MadeBook() = default;
    Result<void> fold(const std::filesystem::path& directory);

    std::unique_ptr<StopSignals> stop_signals_;
    std::optional<TemporaryDirectory> directory_;  // goes last
    std::shared_ptr<journal::Environment> journal_;
    std::unique_ptr<projector::Balances> balances_;
    Seq head_;
    std::uint64_t accounts_ = 0;
    std::chrono::duration<double> rebuild_{0};
};

}  // namespace daybook::bench

// Projection: the projector's process and its readers. Applier, fold, store and readers are the
// product's, on a real LMDB file in memory; when it steps, commits, dies or loses its files is the
// run's.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/seq.h"
#include "projector/applier.h"
#include "projector/balances.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/history.h"
#include "tests/simulation/journal.h"
#include "tests/simulation/marks.h"
#include "tests/simulation/trace.h"

namespace daybook::simulation {

class Projection {
public:
    // `directory` is emptied.
    Projection(const SimulatedJournal& journal, std::filesystem::path directory, Dice dice,
               History& history, Trace& trace, Marks& marks);

    void start(Nanos now);
    bool is_running() const { return applier_.has_value(); }
    // It is killed: what was folded and not committed is gone.
    void kill(Nanos now);
    // Its files are gone too.
    void remove();

    // Folds up to so many blocks; commits when that was all there is, or at random.
    void step(Nanos now, std::size_t blocks);
    // A reader looks at an account, or at the sum of all.
    void read(Nanos now);
    // A reader looks at every account.
    void read_all();
    // Readers see everything up to here; 0 while it does not run.
    Seq watermark() const { return applier_ ? applier_->committed() : Seq{}; }

private:
    void note(const projector::View& view, AccountNumber number, const projector::Balance& balance);

    const SimulatedJournal& journal_;
    std::filesystem::path directory_;
    Dice dice_;
    History& history_;
    Trace& trace_;
    Marks& marks_;
    std::unique_ptr<journal::BlockSource> reader_;
    std::optional<projector::Applier> applier_;
    std::unique_ptr<projector::Balances> balances_;
    Seq seen_;  // by readers, since its files were made
};

}  // namespace daybook::simulation

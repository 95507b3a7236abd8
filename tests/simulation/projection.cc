#include "tests/simulation/projection.h"

#include <system_error>
#include <utility>

#include "projector/store.h"

namespace daybook::simulation {

namespace fs = std::filesystem;

Projection::Projection(const SimulatedJournal& journal, fs::path directory, Dice dice,
                       History& history, Trace& trace, Marks& marks)
    : journal_{journal},
      directory_{std::move(directory)},
      dice_{dice},
      history_{history},
      trace_{trace},
      marks_{marks} {
    remove();
}

void Projection::start(Nanos now) {
    reader_ = journal_.reader();
    auto opened = projector::Applier::open(*reader_, directory_);
    if (!opened) return history_.violated("the projector cannot start: " + opened.error().detail);
    applier_ = *std::move(opened);
    trace_.note(now, "projector starts", watermark().value());
    auto balances = projector::Balances::open(directory_);
    if (!balances) return history_.violated("no reader starts: " + balances.error().detail);
    balances_ = *std::move(balances);
}

void Projection::kill(Nanos now) {
    trace_.note(now, "projector dies", watermark().value());
    balances_.reset();
    applier_.reset();
}

void Projection::remove() {
    balances_.reset();
    applier_.reset();
    seen_ = {};
    const auto removed = projector::Store::remove(directory_);
    if (!removed) history_.violated(removed.error().detail);
}

void Projection::step(Nanos now, std::size_t blocks) {
    const auto refreshed = reader_->refresh();
    if (!refreshed) return history_.violated(refreshed.error().detail);
    bool is_at_head = false;
    for (std::size_t i = 0; i < blocks && !is_at_head && !applier_->is_full(); ++i) {
        const auto folded = applier_->fold_some(*reader_);
        if (!folded) return history_.violated("the projector stops: " + folded.error().detail);
        is_at_head = !folded->has_value();
    }
    if (!applier_->has_pending() || (!is_at_head && !applier_->is_full() && dice_.chance(60)))
        return;
    const auto done = applier_->commit();
    if (!done) return history_.violated("the projector cannot commit: " + done.error().detail);
    trace_.note(now, "projected", watermark().value());
}

void Projection::note(const projector::View& view, AccountNumber number,
                      const projector::Balance& balance) {
    marks_.hit(Mark::read_checked);
    history_.read({view.watermark().seq, number, balance.totals, balance.version});
}

void Projection::read(Nanos now) {
    const auto view = balances_->view();
    if (!view) return history_.violated("a reader cannot look: " + view.error().detail);
    const Seq watermark = view->watermark().seq;
    if (watermark > journal_.durable())
        return history_.violated("the projection is ahead of the journal");
    if (watermark < seen_) return history_.violated("the projection went back");
    seen_ = watermark;
    if (watermark < journal_.durable()) marks_.hit(Mark::read_behind_head);
    const AccountNumber number{1 + dice_.below(11)};
    const auto balance = view->balance(number);
    if (!balance) return history_.violated("an account cannot be read: " + balance.error().detail);
    trace_.note(now, "read", watermark.value(), number.value(), balance->has_value() ? 1 : 0);
    const std::optional<projector::Balance>& found = *balance;
    if (found) note(*view, number, *found);
}

void Projection::read_all() {
    const auto view = balances_->view();
    if (!view) return history_.violated("a reader cannot look: " + view.error().detail);
    const auto read = view->for_each_account(
        [&](const projector::AccountInfo& account, const projector::Balance& balance) {
            note(*view, account.number, balance);
            return true;
        });
    if (!read) history_.violated("the accounts cannot be read: " + read.error().detail);
}

}  // namespace daybook::simulation

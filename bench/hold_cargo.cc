#include "bench/hold_cargo.h"

#include <algorithm>

#include "base/clock.h"

namespace daybook::bench {

namespace {

// Commands of these kinds are larger than a transfer: so many fit a message for certain.
constexpr std::size_t kHoldsMax = 2000;

}  // namespace

HoldCargo::HoldCargo(const Shape& shape, TransferMaker maker, Sheet& sheet)
    : shape_{shape}, maker_{maker}, sheet_{sheet}, transfers_(shape.batch) {}

void HoldCargo::fill() {
    has_holds_ = two_phase_ * 100 < commands_ * shape_.share;
    if (has_holds_) {
        fill_holds();
        two_phase_ += holds_.size();
        commands_ += holds_.size();
        return;
    }
    for (auto& transfer : transfers_)
        maker_.make(transfer);
    commands_ += transfers_.size();
}

void HoldCargo::fill_holds() {
    holds_.clear();
    steps_.clear();
    const std::size_t size = std::min(shape_.batch, kHoldsMax);
    while (holds_.size() < size) {
        // As many are settled as are placed, once there are some.
        if (open_.empty() || holds_.size() % 2 == 0) {
            add_place();
            continue;
        }
        add_settlement(open_.front());
        open_.pop_front();
    }
}

void HoldCargo::add_place() {
    constexpr std::int64_t kHour = 3'600'000'000'000;
    Transfer transfer;
    maker_.make(transfer);
    const std::uint64_t dice = maker_.random().below(10);
    const Fate fate = dice < 7 ? Fate::capture : dice < 9 ? Fate::release : Fate::expire;
    const auto after =
        fate == Fate::expire ? std::chrono::nanoseconds{shape_.expires_after}.count() : kHour;
    holds_.emplace_back(PlaceHold{.key = transfer.key,
                                  .debit = {transfer.debit, {}},
                                  .credit = {transfer.credit, {}},
                                  .amount = transfer.amount,
                                  .expires_at = Stamp{SystemClock{}.now().nanoseconds() + after}});
    steps_.push_back({fate, transfer.amount.low(), false});
}

void HoldCargo::add_settlement(const Open& open) {
    const Id128 key = maker_.next_key();
    if (open.placing.fate == Fate::capture) {
        holds_.emplace_back(CaptureHold{.key = key, .hold = open.hold});
    } else {
        holds_.emplace_back(ReleaseHold{.key = key, .hold = open.hold});
    }
    steps_.push_back({open.placing.fate, open.placing.amount, true});
}

Result<std::optional<gateway::Ticket>> HoldCargo::submit(gateway::CommandClient& client) {
    if (!has_holds_) return client.submit(std::span<const Transfer>{transfers_});
    const auto ticket = client.submit(std::span<const Command>{holds_});
    if (ticket && ticket->has_value()) asked_.emplace(**ticket, steps_);
    return ticket;
}

void HoldCargo::take(gateway::Ticket ticket, const std::vector<schema::Receipt>& receipts) {
    const auto asked = asked_.extract(ticket);
    if (asked.empty()) return;
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        if (receipts[i].verdict == Verdict::accepted) note(asked.mapped().at(i), receipts[i].seq);
    }
}

void HoldCargo::note(const Step& step, Seq seq) {
    if (step.is_settlement) {
        ++count(step.fate == Fate::capture ? HoldCount::captured : HoldCount::released);
        count(HoldCount::held) -= step.amount;
        return;
    }
    ++count(HoldCount::placed);
    if (step.fate == Fate::expire) {
        ++count(HoldCount::left);
        return;
    }
    count(HoldCount::held) += step.amount;
    open_.push_back({EntryId{seq, 0}, step});
}

}  // namespace daybook::bench

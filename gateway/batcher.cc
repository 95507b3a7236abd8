#include "gateway/batcher.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace daybook::gateway {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Batcher::Batcher(CommandClient& client, const BatcherOptions& options, OnReceipt on_receipt)
    : client_{client}, options_{options}, on_receipt_{std::move(on_receipt)} {
    options_.batch_max = std::clamp(options_.batch_max, std::size_t{1}, schema::kCommandsMax);
}

bool Batcher::is_due() const {
    return !batch_.empty() && (batch_.size() >= options_.batch_max ||
                               steady_clock::now() - oldest_ >= options_.linger);
}

// False when the client's window is full.
Result<bool> Batcher::send() {
    const auto ticket = client_.submit(batch_);
    if (!ticket) return std::unexpected{ticket.error()};
    if (!*ticket) return false;
    sent_.emplace(**ticket, std::exchange(batch_, {}));
    batch_.reserve(options_.batch_max);
    return true;
}

Result<void> Batcher::add(const Transfer& transfer) {
    while (batch_.size() >= options_.batch_max) {
        auto pumped = pump(milliseconds{10});
        if (!pumped) return pumped;
    }
    if (batch_.empty()) oldest_ = steady_clock::now();
    batch_.push_back(transfer);
    if (!is_due()) return {};
    return pump(milliseconds{0});
}

Result<void> Batcher::send_due() {
    if (!is_due()) return {};
    const auto sent = send();
    if (!sent) return std::unexpected{sent.error()};
    return {};
}

void Batcher::report(const Completed& completed) {
    const auto sent = sent_.extract(completed.ticket);
    if (sent.empty()) return;
    for (std::size_t i = 0; i < sent.mapped().size(); ++i) {
        if (completed.receipts) {
            on_receipt_(sent.mapped()[i], (*completed.receipts)[i]);
        } else {
            on_receipt_(sent.mapped()[i], std::unexpected{completed.receipts.error()});
        }
    }
}

Result<void> Batcher::pump(milliseconds timeout) {
    if (auto sent = send_due(); !sent) return sent;
    // No longer than the oldest transfer may linger.
    auto wait = timeout;
    if (!batch_.empty() && !is_due()) {
        const auto due_in = oldest_ + options_.linger - steady_clock::now();
        wait = std::clamp(std::chrono::ceil<milliseconds>(due_in), milliseconds{0}, timeout);
    }
    if (sent_.empty()) std::this_thread::sleep_for(wait);
    while (const auto completed = client_.poll(wait)) {
        report(*completed);
        wait = milliseconds{0};
    }
    return send_due();
}

Result<void> Batcher::flush() {
    while (!batch_.empty() || !sent_.empty()) {
        oldest_ = {};
        auto pumped = pump(milliseconds{50});
        if (!pumped) return pumped;
    }
    return {};
}

}  // namespace daybook::gateway

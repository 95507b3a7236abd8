#include "bench/crossfire_producer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "gateway/command_client.h"
#include "schema/message.h"

namespace daybook::bench {

namespace {

using std::chrono::milliseconds;

class CrossfireProducer {
public:
    CrossfireProducer(const CrossfireShift& shift, CrossfireSheet& sheet,
                      gateway::CommandClient& client)
        : shift_{shift},
          sheet_{sheet},
          client_{client},
          messages_{(shift.sends.size() + shift.batch - 1) / shift.batch} {}

    Result<void> run() {
        while (sheet_.submitted < messages_ || client_.in_flight() > 0) {
            const bool is_my_turn =
                sheet_.submitted < messages_ && sheet_.submitted <= shift_.partner.submitted;
            if (is_my_turn) {
                const auto submitted = submit();
                if (!submitted) return std::unexpected{submitted.error()};
                if (*submitted) continue;
            }
            take_answer(is_my_turn ? milliseconds{100} : milliseconds{1});
        }
        return {};
    }

private:
    // False when the window is full.
    Result<bool> submit() {
        const std::size_t first = sheet_.submitted * shift_.batch;
        const auto part = part_from(first);
        transfers_.clear();
        for (const auto& command : part) {
            transfers_.push_back({.key = shift_.keys.key(command.key),
                                  .debit = shift_.accounts[command.debit],
                                  .credit = shift_.accounts[command.credit],
                                  .amount = Amount{command.amount},
                                  .tag = {},
                                  .effective_at = {}});
        }
        const auto ticket = client_.submit(transfers_);
        if (!ticket) return std::unexpected{ticket.error()};
        const std::optional<gateway::Ticket>& taken = *ticket;
        if (!taken) return false;
        sent_.emplace(*taken, first);
        ++sheet_.submitted;
        return true;
    }

    std::span<const PlannedCommand> part_from(std::size_t first) const {
        return shift_.sends.subspan(first, std::min(shift_.batch, shift_.sends.size() - first));
    }

    void take_answer(milliseconds timeout) {
        const auto completed = client_.poll(timeout);
        if (!completed) return;
        const auto sent = sent_.extract(completed->ticket);
        const std::size_t first = sent.mapped();
        const std::size_t count = part_from(first).size();
        sheet_.latency.add(completed->latency);
        if (completed->latency > kAnswerMax) sheet_.hung += count;
        // Without receipts the answers stay as they are, which the checker counts as lost.
        if (!completed->receipts || completed->receipts->size() != count) return;
        for (std::size_t i = 0; i < count; ++i) {
            const auto& receipt = (*completed->receipts)[i];
            shift_.answers[first + i] = {receipt.seq.value(), receipt.code,
                                         static_cast<std::uint8_t>(receipt.verdict),
                                         static_cast<std::uint8_t>(receipt.is_replay), 0};
        }
        sheet_.answered += count;
    }

    const CrossfireShift& shift_;
    CrossfireSheet& sheet_;
    gateway::CommandClient& client_;
    std::uint64_t messages_;
    std::vector<Transfer> transfers_;
    std::map<gateway::Ticket, std::size_t> sent_;
};

}  // namespace

int produce_crossfire(const CrossfireShift& shift, CrossfireSheet& sheet) {
    gateway::ClientOptions options;
    options.endpoint = shift.endpoint;
    options.messages_max = shift.window;
    options.bytes_max = shift.window * schema::kMessageBytesMax;
    const auto client = gateway::CommandClient::connect(options);
    Result<void> done;
    if (client) {
        done = CrossfireProducer{shift, sheet, **client}.run();
    } else {
        done = std::unexpected{client.error()};
    }
    if (done) return 0;
    done.error().detail.copy(sheet.error.data(), sheet.error.size() - 1);
    return 1;
}

}  // namespace daybook::bench

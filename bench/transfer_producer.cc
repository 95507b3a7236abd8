#include "bench/transfer_producer.h"

#include <algorithm>
#include <chrono>
#include <sys/resource.h>
#include <thread>
#include <vector>

#include "bench/random.h"
#include "gateway/command_client.h"
#include "schema/message.h"

namespace daybook::bench {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

double own_cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class TransferProducer {
public:
    TransferProducer(const TransferShift& shift, TransferSheet& sheet,
                     gateway::CommandClient& client)
        : shift_{shift},
          sheet_{sheet},
          client_{client},
          random_{shift.first_key + 1},
          next_key_{shift.first_key},
          batch_(shift.batch) {}

    // Sends `messages` and waits for all answers; `latency` may be null.
    Result<void> send(std::uint64_t messages, Histogram* latency) {
        for (std::uint64_t sent = 0; sent < messages || client_.in_flight() > 0;) {
            const auto submitted = sent < messages ? submit() : Result<bool>{false};
            if (!submitted) return std::unexpected{submitted.error()};
            if (*submitted) {
                ++sent;
                continue;
            }
            auto taken = take_answer(latency);
            if (!taken) return taken;
        }
        return {};
    }

private:
    // False when the window is full.
    Result<bool> submit() {
        if (!is_filled_) fill();
        const auto ticket = client_.submit(batch_);
        if (!ticket) return std::unexpected{ticket.error()};
        is_filled_ = !ticket->has_value();
        return ticket->has_value();
    }

    Result<void> take_answer(Histogram* latency) {
        const auto completed = client_.poll(milliseconds{100});
        if (!completed) return {};
        if (!completed->receipts) return std::unexpected{completed->receipts.error()};
        count(*completed->receipts);
        if (latency != nullptr) latency->add(completed->latency);
        return {};
    }

    void fill() {
        const std::uint64_t accounts = shift_.accounts.size();
        for (auto& transfer : batch_) {
            const std::uint64_t debit = random_.below(accounts);
            const std::uint64_t credit = (debit + 1 + random_.below(accounts - 1)) % accounts;
            transfer.key = shift_.keys.key(next_key_);
            transfer.debit = shift_.accounts[debit];
            transfer.credit = shift_.accounts[credit];
            transfer.amount = Amount{1 + random_.below(1000)};
            next_key_ += shift_.key_step;
        }
        is_filled_ = true;
    }

    void count(const std::vector<schema::Receipt>& receipts) {
        const auto accepted = static_cast<std::uint64_t>(
            std::ranges::count(receipts, Verdict::accepted, &schema::Receipt::verdict));
        sheet_.accepted += accepted;
        sheet_.others += receipts.size() - accepted;
    }

    const TransferShift& shift_;
    TransferSheet& sheet_;
    gateway::CommandClient& client_;
    Random random_;
    std::uint64_t next_key_;
    std::vector<Transfer> batch_;
    bool is_filled_ = false;
};

Result<void> produce(const TransferShift& shift, TransferSheet& sheet) {
    gateway::ClientOptions options;
    options.endpoint = shift.endpoint;
    options.messages_max = shift.window;
    options.bytes_max = shift.window * schema::kMessageBytesMax;
    const auto client = gateway::CommandClient::connect(options);
    if (!client) return std::unexpected{client.error()};
    TransferProducer producer{shift, sheet, **client};
    auto warm = producer.send(shift.warm_up_messages, nullptr);
    if (!warm) return warm;
    sheet.stage = Stage::is_warm;
    while (sheet.may_start == 0)
        std::this_thread::sleep_for(milliseconds{1});
    const double cpu_before = own_cpu_seconds();
    auto sent = producer.send(shift.messages, &sheet.latency);
    if (!sent) return sent;
    sheet.cpu_seconds = own_cpu_seconds() - cpu_before;
    sheet.finished_at = steady_clock::now().time_since_epoch().count();
    return {};
}

}  // namespace

int produce_transfers(const TransferShift& shift, TransferSheet& sheet) {
    const auto produced = produce(shift, sheet);
    if (!produced) {
        const auto& detail = produced.error().detail;
        detail.copy(sheet.error.data(), sheet.error.size() - 1);
    }
    sheet.stage = produced ? Stage::has_finished : Stage::has_failed;
    return produced ? 0 : 1;
}

}  // namespace daybook::bench

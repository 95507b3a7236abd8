// Batcher: gathers single transfers into messages, so that a producer with many small commands gets
// the throughput of batches. Full, or older than the linger time: it goes out.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <vector>

#include "gateway/command_client.h"

namespace daybook::gateway {

struct BatcherOptions {
    std::size_t batch_max = 1000;           // transfers a message, 1 to 8,190
    std::chrono::microseconds linger{500};  // how long a transfer may wait for company
};

class Batcher {
public:
    // Told of each transfer, in the order of completion: its receipt, or why there is none.
    using OnReceipt = std::function<void(const Transfer&, const Result<schema::Receipt>&)>;

    // `client` must outlive the batcher and be used by nobody else meanwhile.
    Batcher(CommandClient& client, const BatcherOptions& options, OnReceipt on_receipt);

    // Takes a transfer in; first waits for room when the client's window is full.
    Result<void> add(const Transfer& transfer);
    // Sends what is due and reports what has come; call it when there is nothing to add.
    Result<void> pump(std::chrono::milliseconds timeout);
    // Sends everything and waits until all of it is reported.
    Result<void> flush();

private:
    Result<bool> send();
    Result<void> send_due();
    void report(const Completed& completed);
    bool is_due() const;

    CommandClient& client_;
    BatcherOptions options_;
    OnReceipt on_receipt_;
    std::vector<Transfer> batch_;
    std::chrono::steady_clock::time_point oldest_;
    std::map<Ticket, std::vector<Transfer>> sent_;
};

}  // namespace daybook::gateway

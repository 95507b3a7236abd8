// Target: the server that is measured, one of our own on data thrown away afterwards or one that
// runs, and the signals that end the measurement. What all workloads share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "bench/process.h"
#include "bench/server.h"
#include "ledger/numbers.h"

namespace daybook::bench {

struct Place {
    std::string endpoint;  // of a running server; empty: one of our own, thrown away afterwards
    std::filesystem::path data;  // the running server's data directory; empty: it is not looked at
    std::filesystem::path dir = ".";  // where a server of our own and the floor keep their files
    std::string binary;               // the `daybook` to start
};

class Target {
public:
    // `bytes` is about what the measurement will write: `cannot_create` when there is no room.
    static Result<std::unique_ptr<Target>> start(const Place& place, double bytes);

    const std::string& endpoint() const { return endpoint_; }
    const std::filesystem::path& data() const { return data_; }  // empty: not to be looked at
    // A directory of the floor's; whatever is in it is removed first.
    std::filesystem::path scratch() const;
    Server* own_server() { return server_ ? &*server_ : nullptr; }

    // Asks the server. No client is alive afterwards, so that processes may be forked.
    Result<Seq> head();
    Result<Id128> book() const;
    Result<std::vector<AccountNumber>> open_accounts(std::uint64_t count);

    // `try_again` once a signal asked to end.
    Result<void> watch_signals();
    // The same, and `io_failed` when a server of our own is gone.
    Result<void> watch();
    // Waits until the projection shows all that is durable; tells what is wrong with the books.
    Result<std::vector<std::string>> settle();
    // Ends a server of our own.
    Result<void> stop();

private:
    Target() = default;

    StopSignals stop_signals_;
    std::optional<TemporaryDirectory> directory_;
    std::optional<Server> server_;  // goes first
    std::string endpoint_;
    std::filesystem::path data_;
};

}  // namespace daybook::bench

// System: what the driver asks of either side. Its work is done by the driver's one thread, over
// sockets only, as closed loops: whoever was answered asks for the next operation at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/postgres/operations.h"
#include "bench/postgres/tally.h"

namespace daybook::bench {

struct Load {
    std::uint32_t accounts = 10;
    std::uint64_t funds = 1'000'000'000;  // what each starts with
    unsigned clients = 64;                // each with one operation under way
    unsigned connections = 16;            // PostgreSQL's pool, which the clients share
    std::size_t batch = 1;                // operations a message or a transaction
    std::size_t window = 4;               // batches on their way, when it is more than one
    std::uint64_t first = 0;              // operations start here
    std::uint64_t limit = 0;              // and end after so many; 0: when the time is over
    std::string strategy;                 // PostgreSQL's
};

class System {
public:
    System() = default;
    virtual ~System() = default;
    System(const System&) = delete;
    System& operator=(const System&) = delete;
    System(System&&) = delete;
    System& operator=(System&&) = delete;

    // Connects what the run needs; opens and funds the accounts that are not there.
    virtual Result<void> prepare(const Load& load) = 0;
    // Of all accounts; after a run, what became durable.
    virtual Result<std::vector<std::int64_t>> balances() = 0;
    virtual Result<void> run(const Load& load, const Operations& operations, Tally& tally) = 0;
    // Pairs of operations at the same moment, one after the other until `limit`.
    virtual Result<void> run_pairs(const Load& load, const Operations& operations,
                                   Tally& tally) = 0;
    // What only this one can say of the run, as JSON members that end in a comma.
    virtual Result<std::string> more_json() { return std::string{}; }
};

std::unique_ptr<System> new_postgres(std::string conninfo, std::filesystem::path statements);
std::unique_ptr<System> new_daybook(std::string endpoint, std::filesystem::path data);

}  // namespace daybook::bench

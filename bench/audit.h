// What the journal and the projection say about a run, read from outside the server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "ledger/amount.h"
#include "ledger/numbers.h"
#include "schema/record.h"

namespace daybook::bench {

struct JournalSize {
    Seq head;
    std::uint64_t blocks = 0;
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;  // stored, headers and indexes included
};

// The blocks after `after`, in order, without looking at records. `data` is the data directory.
Result<JournalSize> measure_journal(const std::filesystem::path& data, Seq after);

// Calls `visit` for every record after `after`, in order.
Result<void> for_each_record(const std::filesystem::path& data, Seq after,
                             const std::function<void(const schema::RecordView&)>& visit);

struct ProjectionCut {
    Seq as_of;
    bool is_balanced = true;       // debits equal credits over all accounts, for each asset
    Uint128 held = 0;              // outgoing, of all accounts together
    std::vector<Int128> balances;  // posted, on the normal side, of the accounts asked for
};

// Waits until the projection has reached `seq`.
Result<ProjectionCut> read_projection(const std::filesystem::path& data, Seq seq,
                                      const std::vector<AccountNumber>& accounts);

}  // namespace daybook::bench

// Moments of the past as a running server knows them; what PastReader knows of files.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "cli/past_reader.h"
#include "gateway/query_client.h"

namespace daybook::cli {

// `seq` itself; `not_found` when the journal does not reach so far.
Result<Seq> existing_at(gateway::QueryClient& client, std::uint64_t seq);
// The last Seq recorded at or before `moment`; 0 when there is none. `not_found` when the book
// began later.
Result<Seq> last_by_at(gateway::QueryClient& client, Stamp moment);
// What was asked for, by one of the above; kSeqMax when nothing was.
Result<Seq> resolve_at(gateway::QueryClient& client, const AtOptions& options);

}  // namespace daybook::cli

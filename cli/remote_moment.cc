#include "cli/remote_moment.h"

#include "json/moment.h"

namespace daybook::cli {

Result<Seq> existing_at(gateway::QueryClient& client, std::uint64_t seq) {
    const auto status = client.status();
    if (!status) return std::unexpected{status.error()};
    if (Seq{seq} <= status->standing.head) return Seq{seq};
    return not_taken_yet(seq, status->standing.head);
}

Result<Seq> last_by_at(gateway::QueryClient& client, Stamp moment) {
    const auto reached = client.seq_at(moment);
    if (!reached) return std::unexpected{reached.error()};
    if (moment < reached->began) return began_later(reached->began, moment);
    return reached->seq;
}

Result<Seq> resolve_at(gateway::QueryClient& client, const AtOptions& options) {
    if (!options.is_set()) return kSeqMax;
    if (options.seq) return existing_at(client, *options.seq);
    const auto moment = json::parse_moment_through(*options.time);
    if (!moment) return std::unexpected{moment.error()};
    return last_by_at(client, *moment);
}

}  // namespace daybook::cli

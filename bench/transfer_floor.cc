#include "bench/transfer_floor.h"

#include <algorithm>

#include "bench/floor.h"

namespace daybook::bench {

namespace {

// Long enough to be measured; beyond that it only takes time.
std::uint64_t messages_at_most(const EchoShape& echo) {
    constexpr std::uint64_t kMessages = 200'000;
    constexpr std::uint64_t kBytes = 4'000'000'000;
    return std::min({echo.messages, kMessages, kBytes / (echo.asked_bytes + echo.answer_bytes)});
}

}  // namespace

Result<void> measure_floor(const FloorShape& shape, Target& target, Figures& figures) {
    const double rate = figures.find("transfers_per_second").value_or(0);
    const double p50 = figures.find("message_p50_ms").value_or(0);
    const auto watch = [&] { return target.watch(); };

    const auto syncs = sync_bare(target.scratch(), watch);
    if (!syncs) return std::unexpected{syncs.error()};
    figures.add("fdatasync_p50_ms", milliseconds_of(syncs->quantile(0.5)));
    if (shape.blocks != 0) {
        const auto append = append_bare(target.scratch(), shape.blocks, shape.block_bytes, watch);
        if (!append) return std::unexpected{append.error()};
        const double append_rate = append->blocks_per_second() * shape.transfers_per_block;
        const double commit = milliseconds_of(append->commits.quantile(0.5));
        figures.add("bare_append_per_second", append_rate);
        figures.add("share_of_bare_append", rate / append_rate);
        figures.add("bare_commit_p50_ms", commit);
        figures.add("p50_by_bare_commit", p50 / commit);
    }
    EchoShape echo_shape = shape.echo;
    echo_shape.messages = messages_at_most(shape.echo);
    const auto echo = measure_echo(echo_shape, target);
    if (!echo) return std::unexpected{echo.error()};
    const double echo_rate = echo->messages_per_second * static_cast<double>(shape.batch);
    figures.add("bare_echo_per_second", echo_rate);
    figures.add("share_of_bare_echo", rate / echo_rate);
    figures.add("bare_echo_p50_ms", milliseconds_of(echo->latency.quantile(0.5)));
    (void)target.scratch();  // gone before the next run
    return {};
}

}  // namespace daybook::bench

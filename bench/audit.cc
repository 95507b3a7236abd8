#include "bench/audit.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "journal/environment.h"
#include "journal/reader.h"
#include "projector/balances.h"

namespace daybook::bench {

namespace {

constexpr std::chrono::seconds kProjectionLagMax{60};

Result<journal::Snapshot> open_snapshot(const std::filesystem::path& data) {
    auto environment = journal::Environment::open(data / "journal", journal::Access::read_only);
    if (!environment) return std::unexpected{environment.error()};
    return journal::Snapshot::open(*std::move(environment));
}

// Calls `visit` for every block from the one that holds the record after `after`, in order.
Result<void> for_each_block(journal::Snapshot& snapshot, Seq after,
                            const std::function<Result<void>(const journal::BlockView&)>& visit) {
    auto found = snapshot.block_of(after.next());
    while (found) {
        const auto block = *found;
        if (!block) return {};
        auto visited = visit(*block);
        if (!visited) return visited;
        found = snapshot.block_after(block->info());
    }
    return std::unexpected{found.error()};
}

}  // namespace

Result<JournalSize> measure_journal(const std::filesystem::path& data, Seq after) {
    auto snapshot = open_snapshot(data);
    if (!snapshot) return std::unexpected{snapshot.error()};
    JournalSize size;
    size.head = snapshot->head_seq();
    const auto walked =
        for_each_block(*snapshot, after, [&](const journal::BlockView& block) -> Result<void> {
            ++size.blocks;
            size.records += block.info().record_count;
            size.bytes += block.stored().size();
            return {};
        });
    if (!walked) return std::unexpected{walked.error()};
    return size;
}

Result<void> for_each_record(const std::filesystem::path& data, Seq after,
                             const std::function<void(const schema::RecordView&)>& visit) {
    auto snapshot = open_snapshot(data);
    if (!snapshot) return std::unexpected{snapshot.error()};
    Seq seq = after.next();
    return for_each_block(*snapshot, after, [&](const journal::BlockView& block) -> Result<void> {
        for (; seq <= block.info().last_seq(); seq = seq.next()) {
            const auto bytes = block.record(seq);
            if (!bytes) return std::unexpected{bytes.error()};
            const auto record = schema::RecordView::parse(*bytes);
            if (!record) return std::unexpected{record.error()};
            visit(*record);
        }
        return {};
    });
}

Result<ProjectionCut> read_projection(const std::filesystem::path& data, Seq seq,
                                      const std::vector<AccountNumber>& accounts) {
    const auto projection = projector::Balances::open(data / "projection");
    if (!projection) return std::unexpected{projection.error()};
    const auto view = (*projection)->wait_for(seq, kProjectionLagMax);
    if (!view) return std::unexpected{view.error()};
    ProjectionCut cut;
    cut.as_of = view->watermark().seq;

    std::map<std::uint32_t, Uint128> nets;  // by asset; wraps around alike on both sides
    const auto visited = view->for_each_account(
        [&](const projector::AccountInfo& account, const projector::Balance& balance) {
            nets[account.asset.value()] += balance.totals.posted_debits.minor_units() -
                                           balance.totals.posted_credits.minor_units();
            cut.held += balance.totals.held_debits.minor_units();
            return true;
        });
    if (!visited) return std::unexpected{visited.error()};
    for (const auto& [asset, net] : nets)
        cut.is_balanced = cut.is_balanced && net == 0;

    cut.balances.reserve(accounts.size());
    for (const auto number : accounts) {
        const auto account = view->account(number);
        if (!account) return std::unexpected{account.error()};
        const auto balance = view->balance(number);
        if (!balance) return std::unexpected{balance.error()};
        const std::optional<projector::AccountInfo>& found = *account;
        const std::optional<projector::Balance>& state = *balance;
        if (!found || !state) {
            return fail(ErrorCode::damaged,
                        "the projection has no account " + std::to_string(number.value()));
        }
        cut.balances.push_back(posted_balance(found->type, state->totals).minor_units());
    }
    return cut;
}

}  // namespace daybook::bench

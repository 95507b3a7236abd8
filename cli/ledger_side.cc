#include "cli/ledger_side.h"

#include <map>
#include <utility>

#include "cli/account_lines.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "projector/account_list.h"
#include "projector/statement.h"

namespace daybook::cli {

namespace {

using reconcile::LedgerSide;

std::unexpected<Error> stopped() {
    return fail(ErrorCode::try_again, "stopped; nothing was written");
}

reconcile::Line line_of(const projector::StatementLine& line, AccountType type) {
    const auto units = static_cast<Int128>(line.posted.minor_units());
    const auto stamp = line.effective_at.is_none() ? line.recorded_at : line.effective_at;
    reconcile::Line made{.day = reconcile::day_of(stamp),
                         .amount = SignedAmount{line.side == normal_side(type) ? units : -units},
                         .reference = line.reference,
                         .description = line.description,
                         .at = line.at,
                         .id = line.id};
    if (line.kind == projector::LineKind::reversal) made.reverses = line.about;
    for (const auto& counter : line.counter) {
        if (!made.counterpart.empty()) {
            made.counterpart += ", …";
            break;
        }
        made.counterpart = counter.code;
    }
    return made;
}

Result<void> read_lines(PastReader& reader, AccountNumber number, const reconcile::Period& near,
                        LedgerSide& side) {
    projector::StatementQuery query{
        .account = number, .to = side.cut, .lines_max = schema::kStatementLinesMax};
    Progress progress{"reading the ledger", 0};
    std::uint64_t read = 0;
    do {
        if (is_stop_requested()) return stopped();
        const auto past = reader.keep_fresh(side.cut);
        if (!past) return std::unexpected{past.error()};
        const auto page = projector::read_statement(**past, query);
        if (!page) return std::unexpected{page.error()};
        for (const auto& line : page->lines) {
            // What is only held or changed moves no money.
            if (line.posted.is_zero()) continue;
            auto added = reconcile::add_line(side, line_of(line, side.type), near);
            if (!added) return added;
        }
        read += page->lines.size();
        progress.look(read);
        query.before = page->next;
    } while (!query.before.is_none());
    return {};
}

// Debits minus credits; with more than 2^127 minor units in the book it wraps alike on both sides.
Int128 net_of(const Totals& totals) {
    return static_cast<Int128>(totals.posted_debits.minor_units() -
                               totals.posted_credits.minor_units());
}

using Trials = std::map<AssetNumber, reconcile::TrialLine>;

Result<void> add(const projector::View& view, const projector::AccountSums& sums, Trials& trials) {
    for (const auto& [key, sum] : sums.sums) {
        auto& trial = trials[key.first];
        if (trial.asset.empty()) {
            const auto asset = asset_of(view, key.first);
            if (!asset) return std::unexpected{asset.error()};
            trial.asset = asset->code;
            trial.scale = asset->scale;
        }
        auto& net = trial.net.at(static_cast<std::size_t>(key.second) - 1);
        const Int128 more = net_of(sum.totals);
        net = SignedAmount{net.minor_units() + more};
        trial.total = SignedAmount{trial.total.minor_units() + more};
        trial.accounts += sum.accounts;
    }
    return {};
}

Result<void> read_trial(PastReader& reader, LedgerSide& side) {
    Trials trials;
    AccountNumber after;
    do {
        if (is_stop_requested()) return stopped();
        const auto past = reader.keep_fresh(side.cut);
        if (!past) return std::unexpected{past.error()};
        const auto sums = projector::sum_accounts(**past, after, side.cut);
        if (!sums) return std::unexpected{sums.error()};
        if (auto added = add((*past)->view(), *sums, trials); !added) return added;
        after = sums->next;
    } while (!after.is_none());
    for (auto& [number, trial] : trials)
        side.trial.push_back(std::move(trial));
    return {};
}

// What was durable at the start, if the projection shows it in time; else what it shows.
Result<const projector::Past*> newest(PastReader& reader) {
    auto now = reader.renew(Seq{});
    if (!now) return now;
    const Seq head = (*now)->journal().head_seq();
    if ((*now)->watermark() >= head) return now;
    auto caught_up = reader.renew(head);
    if (caught_up || caught_up.error().code != ErrorCode::try_again) return caught_up;
    return reader.renew(Seq{});
}

}  // namespace

Result<LedgerAccount> find_ledger_account(PastReader& reader, const std::string& code,
                                          const AtOptions& at) {
    LedgerAccount found;
    auto& side = found.side;
    if (at.is_set()) {
        const auto seq = reader.resolve(at);
        if (!seq) return std::unexpected{seq.error()};
        side.cut = *seq;
    }
    const auto past = at.is_set() ? reader.renew(side.cut) : newest(reader);
    if (!past) return std::unexpected{past.error()};
    if (!at.is_set()) side.cut = (*past)->watermark();
    const auto line = account_line((*past)->view(), code);
    if (!line) return std::unexpected{line.error()};
    if (line->account.opened > side.cut) return opened_later(code, line->account.opened, side.cut);
    const auto block = (*past)->journal().block_of(side.cut);
    if (!block) return std::unexpected{block.error()};
    if (!*block) return fail(ErrorCode::damaged, "the journal lacks the cut; run `daybook verify`");
    side.book = (*past)->view().watermark().book;
    side.chain_head = (*block)->info().hash;
    side.cut_stamp = (*block)->info().stamp;
    side.account = code;
    side.type = line->account.type;
    side.money = {line->asset.code, line->asset.scale};
    found.number = line->account.number;
    return found;
}

Result<LedgerSide> read_ledger_side(PastReader& reader, LedgerAccount account,
                                    const reconcile::Period& near) {
    auto side = std::move(account.side);
    if (auto read = read_lines(reader, account.number, near, side); !read) {
        return std::unexpected{read.error()};
    }
    if (auto read = read_trial(reader, side); !read) return std::unexpected{read.error()};
    reader.release();
    return side;
}

}  // namespace daybook::cli

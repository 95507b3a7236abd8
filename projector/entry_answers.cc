#include "projector/entry_answers.h"

#include <algorithm>
#include <utility>

#include "projector/account_details.h"
#include "projector/record_range.h"
#include "schema/entry_answers.h"
#include "schema/record.h"
#include "schema/run.h"

namespace daybook::projector {

namespace {

// In the order of their first touches.
std::vector<AccountNumber> touched(const schema::RecordView& record) {
    std::vector<AccountNumber> numbers;
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        const auto number = record.touch(i).account;
        if (std::ranges::find(numbers, number) == numbers.end()) numbers.push_back(number);
    }
    return numbers;
}

Result<std::vector<schema::AccountDetails>> details_of(const View& view,
                                                       const std::vector<AccountNumber>& numbers) {
    AssetCache assets{view};
    std::vector<schema::AccountDetails> lines;
    for (const auto number : numbers) {
        const auto account = view.account(number);
        if (!account) return std::unexpected{account.error()};
        const auto balance = view.balance(number);
        if (!balance) return std::unexpected{balance.error()};
        if (!*account || !*balance) {
            return fail(ErrorCode::damaged, "the projection lacks account number " +
                                                std::to_string(number.value()) +
                                                "; delete it, the projector builds it again");
        }
        auto line = details_of({**account, **balance}, assets);
        if (!line) return std::unexpected{line.error()};
        lines.push_back(*std::move(line));
    }
    return lines;
}

// The holds that the record placed, or changed, and that are open.
Result<std::vector<schema::HoldNow>> open_holds(const View& view,
                                                const schema::RecordView& record) {
    std::vector<schema::HoldNow> holds;
    for (std::size_t i = 0; i < record.remark_count(); ++i) {
        const Remark remark = record.remark(i);
        if (remark.kind != RemarkKind::hold || remark.id().seq() != record.seq()) continue;
        const auto hold = view.hold(remark.id());
        if (!hold) return std::unexpected{hold.error()};
        const auto is_it = [&](const schema::HoldNow& there) { return there.id == remark.id(); };
        if (!*hold || std::ranges::any_of(holds, is_it)) continue;
        holds.push_back({(*hold)->id, (*hold)->debit, (*hold)->credit, (*hold)->remaining,
                         (*hold)->captured, (*hold)->expires_at});
    }
    return holds;
}

Result<void> add_links(const View& view, const schema::RecordView& record,
                       schema::EntryDetails& entry) {
    const auto reversals = view.reversals_in(record.seq(), schema::kReversalsMax);
    if (!reversals) return std::unexpected{reversals.error()};
    for (const auto& link : *reversals)
        entry.reversals.push_back({link.original, link.reversal, link.postings});
    auto holds = open_holds(view, record);
    if (!holds) return std::unexpected{holds.error()};
    entry.open_holds = *std::move(holds);
    auto accounts = details_of(view, touched(record));
    if (!accounts) return std::unexpected{accounts.error()};
    entry.accounts = *std::move(accounts);
    return {};
}

}  // namespace

Result<std::vector<std::byte>> answer_entry(const schema::AskedQuery& asked, Cut& cut) {
    schema::EntryDetails entry{cut.standing(), {}, {}, {}, {}};
    const Seq seq = asked.query.from;
    if (seq <= cut.snapshot().head_seq()) {
        const auto count = append_records(cut.snapshot(), seq, 1, entry.run);
        if (!count) return std::unexpected{count.error()};
        const auto block = cut.snapshot().block_of(seq);
        if (!block) return std::unexpected{block.error()};
        if (!*block) return fail(ErrorCode::damaged, "the journal lacks a block it counts");
        const auto bytes = (*block)->record(seq);
        if (!bytes) return std::unexpected{bytes.error()};
        const auto record = schema::RecordView::parse(*bytes);
        if (!record) return std::unexpected{record.error()};
        const auto added = add_links(cut.view(), *record, entry);
        if (!added) return std::unexpected{added.error()};
    }
    return schema::encode_entry(asked.header, cut.book(), entry);
}

Result<std::vector<std::byte>> answer_reference(const schema::AskedQuery& asked, const Cut& cut) {
    const auto found = cut.view().find_reference(asked.query.texts.front());
    if (!found) return std::unexpected{found.error()};
    return schema::encode_reference(asked.header, cut.book(),
                                    {cut.standing(), found->value_or(EntryId{})});
}

}  // namespace daybook::projector

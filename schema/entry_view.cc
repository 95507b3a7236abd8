#include "schema/entry_view.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "schema/made_entry.h"

namespace daybook::schema {

namespace {

Command as_command(const Member& member) {
    return std::visit([](const auto& stated) -> Command { return stated; }, member);
}

bool is_about(const Remark& remark, const EntryView& entry, EntryId id) {
    return !entry.whole || (remark.has_member() && remark.member == id.member());
}

// A reversal mirrors postings of the original: its remarks say which and how much of each.
Result<std::vector<ResolvedPosting>> mirrored(EntrySource& source, const EntryView& entry,
                                              const EntryPart& part) {
    std::vector<ResolvedPosting> postings;
    const auto bytes = source.record(part.reverses->seq());
    if (!bytes) return std::unexpected{bytes.error()};
    const auto record = RecordView::parse(*bytes);
    if (!record) return std::unexpected{record.error()};
    const auto original = read_made_entry(*record, part.reverses->member());
    if (!original) return std::unexpected{original.error()};
    for (const auto& remark : part.remarks) {
        const bool is_right = remark.kind == RemarkKind::reversed && *original &&
                              remark.count < (*original)->postings.size() &&
                              remark.index < entry.record.touch_count();
        if (!is_right) continue;
        const bool was_debit = (*original)->postings[remark.count].side == Side::debit;
        postings.push_back({entry.record.touch(remark.index).account,
                            was_debit ? Side::credit : Side::debit, remark.amount_x()});
    }
    return postings;
}

Result<EntryPart> part_of(EntrySource& source, const EntryView& entry, EntryId id,
                          Command command) {
    EntryPart part{id, std::move(command), {}, {}, {}, {}};
    for (const auto& remark : entry.record.remarks()) {
        if (is_about(remark, entry, id)) part.remarks.push_back(remark);
    }
    auto made = read_made_entry(entry.record, id.member());
    if (!made) return std::unexpected{made.error()};
    if (*made) part.postings = std::move((*made)->postings);
    if (const auto* reversal = std::get_if<ReverseEntry>(&part.command)) {
        if (*made) {
            part.reverses = reversal->entry.at(id.seq());
            auto postings = mirrored(source, entry, part);
            if (!postings) return std::unexpected{postings.error()};
            part.postings = *std::move(postings);
        }
    }
    auto reversals = source.reversals_of(id);
    if (!reversals) return std::unexpected{reversals.error()};
    part.reversed_by = *std::move(reversals);
    return part;
}

// The members asked for: all when the id is the record's.
Result<void> add_members(EntrySource& source, EntryView& entry, const Atomic& atomic, EntryId id) {
    for (const auto& remark : entry.record.remarks()) {
        if (!remark.has_member()) entry.remarks.push_back(remark);
    }
    const bool is_all = id.member() == 0;
    for (std::size_t i = 0; i < atomic.members.size(); ++i) {
        const EntryId member_id{id.seq(), static_cast<std::uint16_t>(i)};
        if (!is_all && member_id != id) continue;
        auto part = part_of(source, entry, member_id, as_command(atomic.members[i]));
        if (!part) return std::unexpected{part.error()};
        entry.parts.push_back(*std::move(part));
    }
    return {};
}

}  // namespace

Result<EntryView> view_entry(std::vector<std::byte> bytes, Stamp recorded_at, EntryId id, Seq as_of,
                             EntrySource& source) {
    const auto record = RecordView::parse(bytes);
    if (!record) return std::unexpected{record.error()};
    auto command = record->command();
    if (!command) return std::unexpected{command.error()};
    EntryView entry{std::move(bytes), recorded_at, *record, {}, {}, {}, as_of};
    if (kind_of(*command) == CommandKind::atomic) {
        entry.whole = *std::move(command);
        const auto added = add_members(source, entry, std::get<Atomic>(*entry.whole), id);
        if (!added) return std::unexpected{added.error()};
    } else if (id.member() == 0) {
        auto part = part_of(source, entry, id, *std::move(command));
        if (!part) return std::unexpected{part.error()};
        entry.parts.push_back(*std::move(part));
    }
    if (entry.parts.empty()) {
        return fail(ErrorCode::not_found, "record " + std::to_string(id.seq().value()) +
                                              " has no member " + std::to_string(id.member()));
    }
    return entry;
}

}  // namespace daybook::schema

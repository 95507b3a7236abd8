#include "projector/statement_lines.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "schema/made_entry.h"

namespace daybook::projector {

namespace {

constexpr Side other(Side side) {
    return side == Side::debit ? Side::credit : Side::debit;
}

std::unexpected<Error> damaged(TouchPointer at, const std::string& what) {
    return fail(ErrorCode::damaged,
                "touch " + to_string(at) + ": " + what + "; run `daybook verify`");
}

LineKind line_kind(CommandKind kind) {
    switch (kind) {
        case CommandKind::transfer:
            return LineKind::transfer;
        case CommandKind::place_hold:
            return LineKind::hold_placed;
        case CommandKind::capture_hold:
            return LineKind::hold_captured;
        case CommandKind::release_hold:
            return LineKind::hold_released;
        case CommandKind::expire_hold:
            return LineKind::hold_expired;
        case CommandKind::reverse_entry:
            return LineKind::reversal;
        case CommandKind::set_account_state:
            return LineKind::state_changed;
        case CommandKind::set_limits:
            return LineKind::limits_changed;
        case CommandKind::post_entry:
        case CommandKind::define_asset:
        case CommandKind::open_account:
        case CommandKind::void_key:
        case CommandKind::atomic:
            break;
    }
    return LineKind::entry;  // the others touch nothing
}

// What the touch changed. False when it is no single step: something taken back that was posted, or
// both sides at once.
bool add_change(const Totals& before, const Totals& after, StatementLine& line) {
    const bool is_debit =
        before.posted_debits != after.posted_debits || before.held_debits != after.held_debits;
    const bool is_credit =
        before.posted_credits != after.posted_credits || before.held_credits != after.held_credits;
    if (is_debit && is_credit) return false;
    line.side = is_credit ? Side::credit : Side::debit;
    const auto posted = is_credit ? checked_subtract(after.posted_credits, before.posted_credits)
                                  : checked_subtract(after.posted_debits, before.posted_debits);
    if (!posted) return false;
    line.posted = *posted;
    line.held = is_credit ? difference(after.held_credits, before.held_credits)
                          : difference(after.held_debits, before.held_debits);
    return true;
}

Amount magnitude(SignedAmount amount) {
    const Int128 units = amount.minor_units();
    return Amount{static_cast<Uint128>(units < 0 ? -units : units)};
}

// What the command itself says: its particulars, what it is about, what it sets.
struct AddStated {
    StatementLine& line;

    template <typename Stated>
    void operator()(const Stated& stated) const {
        if constexpr (std::is_same_v<Stated, CaptureHold> || std::is_same_v<Stated, ReleaseHold> ||
                      std::is_same_v<Stated, ExpireHold>) {
            line.about = stated.hold.at(line.at.seq());
        } else if constexpr (std::is_same_v<Stated, ReverseEntry>) {
            line.about = stated.entry.at(line.at.seq());
        } else if constexpr (std::is_same_v<Stated, SetAccountState>) {
            line.state = stated.state;
        } else if constexpr (std::is_same_v<Stated, SetLimits>) {
            line.limits = stated.limits;
        }
    }
};

const MadeEntry* find_entry(const std::vector<MadeEntry>& entries, EntryId id) {
    const auto found = std::ranges::find(entries, id, &MadeEntry::id);
    return found == entries.end() ? nullptr : &*found;
}

}  // namespace

Result<void> LineReader::decode(const schema::RecordView& record, Decoded& into) {
    if (into.seq == record.seq()) return {};
    into.seq = Seq{};
    bytes_read_ +=
        record.command_bytes().size() + record.remark_bytes().size() + record.touch_bytes().size();
    auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    into.command = *std::move(command);
    auto origins = schema::read_touch_origins(record, into.command);
    if (!origins) return std::unexpected{origins.error()};
    into.origins = *std::move(origins);
    auto entries = schema::read_made_entries(record, into.command);
    if (!entries) return std::unexpected{entries.error()};
    into.entries = *std::move(entries);
    into.seq = record.seq();
    return {};
}

Result<StatementLine> LineReader::read(const FoundTouch& found, const Totals& before) {
    const auto decoded = decode(found.record, own_);
    if (!decoded) return std::unexpected{decoded.error()};
    const auto behind = std::ranges::upper_bound(own_.origins, found.at.touch(), {},
                                                 &schema::TouchOrigin::first_touch);
    // The touches of a record are exactly those of its origins.
    const schema::TouchOrigin& origin = *(behind - 1);

    StatementLine line;
    line.at = found.at;
    line.recorded_at = found.stamp;
    line.effective_at = origin.effective_at;
    line.kind = line_kind(origin.kind);
    line.id = origin.id;
    if (origin.particulars != nullptr) {
        line.reference = origin.particulars->reference;
        line.description = origin.particulars->description;
    }
    if (origin.member != nullptr) {
        std::visit(AddStated{line}, *origin.member);
    } else {
        std::visit(AddStated{line}, own_.command);
    }
    line.after = found.touch.after;
    line.version = found.touch.version;
    if (!add_change(before, line.after, line)) {
        return damaged(found.at, "it is no step from the touch before");
    }
    const auto added = line.kind == LineKind::reversal ? add_mirrored(found, origin, line)
                                                       : add_counter(found, origin, line);
    if (!added) return std::unexpected{added.error()};
    return line;
}

Result<void> LineReader::add_counter(const FoundTouch& found, const schema::TouchOrigin& origin,
                                     StatementLine& line) {
    if (line.kind == LineKind::state_changed || line.kind == LineKind::limits_changed) return {};
    const std::size_t own = found.at.touch() - origin.first_touch;
    if (const MadeEntry* entry = find_entry(own_.entries, origin.id)) {
        for (std::size_t i = 0; i < entry->postings.size(); ++i) {
            if (i == own) continue;
            if (auto added = add(entry->postings[i], line); !added) return added;
        }
        return {};
    }
    // A hold: two touches, of the same amount.
    const std::size_t counter = origin.first_touch + (own == 0 ? 1 : 0);
    return add({found.record.touch(counter).account, other(line.side), magnitude(line.held)}, line);
}

// The remarks of a reversal say which postings of the original it mirrors, and how much of each.
Result<void> LineReader::add_mirrored(const FoundTouch& found, const schema::TouchOrigin& origin,
                                      StatementLine& line) {
    const auto original = original_of(*line.about);
    if (!original) return std::unexpected{original.error()};
    for (std::size_t i = 0; i < found.record.remark_count(); ++i) {
        const Remark remark = found.record.remark(i);
        const bool is_of_it = remark.kind == RemarkKind::reversed &&
                              remark.made_at(found.at.seq()) == origin.id &&
                              remark.index != found.at.touch();
        if (!is_of_it) continue;
        if (remark.index >= found.record.touch_count() ||
            remark.count >= (*original)->postings.size()) {
            return damaged(found.at, "it reverses what there is not");
        }
        const Side side = other((*original)->postings[remark.count].side);
        auto added = add({found.record.touch(remark.index).account, side, remark.amount_x()}, line);
        if (!added) return added;
    }
    return {};
}

Result<const MadeEntry*> LineReader::original_of(EntryId id) {
    if (id.seq() != original_.seq) {
        ++records_read_;
        const auto block = past_.journal().block_of(id.seq());
        if (!block) return std::unexpected{block.error()};
        if (!*block)
            return damaged(TouchPointer{id.seq(), 0}, "there is no such record to reverse");
        const auto bytes = (*block)->record(id.seq());
        if (!bytes) return std::unexpected{bytes.error()};
        const auto record = schema::RecordView::parse(*bytes);
        if (!record) return std::unexpected{record.error()};
        const auto decoded = decode(*record, original_);
        if (!decoded) return std::unexpected{decoded.error()};
    }
    const MadeEntry* entry = find_entry(original_.entries, id);
    if (entry == nullptr) {
        return damaged(TouchPointer{id.seq(), 0}, "the entry reversed is not there");
    }
    return entry;
}

Result<void> LineReader::add(const ResolvedPosting& posting, StatementLine& line) {
    const auto account = past_.view().account(posting.account);
    if (!account) return std::unexpected{account.error()};
    if (!*account) return damaged(line.at, "it names an account that the projection lacks");
    const auto scale = scale_of((*account)->asset, line.at);
    if (!scale) return std::unexpected{scale.error()};
    line.counter.push_back({posting.account, (*account)->code, (*account)->asset, *scale,
                            posting.side, posting.amount});
    return {};
}

Result<unsigned> LineReader::scale_of(AssetNumber asset, TouchPointer at) {
    const auto known = scales_.find(asset.value());
    if (known != scales_.end()) return known->second;
    const auto found = past_.view().asset(asset);
    if (!found) return std::unexpected{found.error()};
    if (!*found) return damaged(at, "it names an asset that the projection lacks");
    return scales_[asset.value()] = (*found)->scale;
}

}  // namespace daybook::projector

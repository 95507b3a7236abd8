#include "schema/effects.h"

#include <string>
#include <variant>

namespace daybook::schema {

namespace {

Result<void> read_members(const RecordView& record, const Atomic& atomic, EffectSink& sink) {
    for (std::size_t i = 0; i < record.remark_count(); ++i) {
        const Remark remark = record.remark(i);
        if (remark.kind != RemarkKind::number) continue;
        if (remark.member >= atomic.members.size()) return bad_record(record, "it lacks a member");
        const Member& member = atomic.members[remark.member];
        Result<void> done;
        if (const auto* asset = std::get_if<DefineAsset>(&member)) {
            done = sink.define_asset(
                record, AssetNumber{static_cast<std::uint32_t>(remark.subject)}, *asset);
        } else if (const auto* account = std::get_if<OpenAccount>(&member)) {
            done = sink.open_account(record, AccountNumber{remark.subject}, *account);
        }
        if (!done) return done;
    }
    return {};
}

// What neither touches nor remarks say in full.
Result<void> read_kind(const RecordView& record, EffectSink& sink) {
    const CommandKind kind = record.kind();
    const bool is_needed = kind == CommandKind::define_asset || kind == CommandKind::open_account ||
                           kind == CommandKind::atomic;
    if (kind < CommandKind::transfer || kind > kCommandKindLast) {
        return bad_record(record, "it is of a kind this version does not know; upgrade it");
    }
    if (!is_needed) return {};
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    if (const auto* asset = std::get_if<DefineAsset>(&*command)) {
        return sink.define_asset(record, AssetNumber{static_cast<std::uint32_t>(record.subject())},
                                 *asset);
    }
    if (const auto* account = std::get_if<OpenAccount>(&*command)) {
        return sink.open_account(record, AccountNumber{record.subject()}, *account);
    }
    const Atomic& atomic = std::get<Atomic>(*command);
    if (auto seen = sink.see_atomic(record, atomic); !seen) return seen;
    return read_members(record, atomic, sink);
}

Result<void> read_hold(const RecordView& record, const Remark& remark, EffectSink& sink) {
    if (remark.index + std::size_t{1} >= record.touch_count()) {
        return bad_record(record, "a hold lacks its touches");
    }
    const auto amount = checked_add(remark.amount_x(), remark.amount_y());
    const bool is_known = remark.count >= static_cast<std::uint32_t>(HoldState::open) &&
                          remark.count <= static_cast<std::uint32_t>(HoldState::expired);
    if (!amount || !is_known) return bad_record(record, "a hold is impossible");
    return sink.put_hold(record, remark.id(),
                         {.debit = record.touch(remark.index).account,
                          .credit = record.touch(remark.index + std::size_t{1}).account,
                          .amount = *amount,
                          .remaining = remark.amount_x(),
                          .captured = remark.amount_y(),
                          .expires_at = remark.at,
                          .state = remark.hold_state()});
}

Result<void> read_remark(const RecordView& record, const Remark& remark, EffectSink& sink) {
    switch (remark.kind) {
        case RemarkKind::state:
            if (remark.count < static_cast<std::uint32_t>(AccountState::open) ||
                remark.count > static_cast<std::uint32_t>(AccountState::closed)) {
                return bad_record(record, "it sets an unknown state");
            }
            return sink.set_state(record, remark.account(), remark.account_state());
        case RemarkKind::limits:
            return sink.set_limits(record, remark.account(), remark.limits());
        case RemarkKind::reversed:
            return sink.reverse(record, remark);
        case RemarkKind::hold:
            return read_hold(record, remark, sink);
        case RemarkKind::shortfall:
        case RemarkKind::unmet:
        case RemarkKind::excess:
        case RemarkKind::rate:
        case RemarkKind::failed:
        case RemarkKind::number:
        case RemarkKind::taken:
            return {};
    }
    return bad_record(record, "it has a remark this version does not know; upgrade it");
}

}  // namespace

std::unexpected<Error> bad_record(const RecordView& record, const std::string& why) {
    return fail(ErrorCode::damaged, "record " + std::to_string(record.seq().value()) + ": " + why +
                                        "; verify the journal");
}

Result<void> read_effects(const RecordView& record, EffectSink& sink) {
    if (record.verdict() != Verdict::accepted) return {};
    if (auto done = read_kind(record, sink); !done) return done;
    for (std::size_t i = 0; i < record.remark_count(); ++i) {
        if (auto done = read_remark(record, record.remark(i), sink); !done) return done;
    }
    return sink.touch(record);
}

}  // namespace daybook::schema

// The order of the calls below is the canonical form: it never changes (schema/README.md).
#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "base/check.h"
#include "schema/command_tables.h"
#include "schema/message.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::String;
using Codes = Offset<flatbuffers::Vector<Offset<String>>>;

struct Stated {
    wire::Stated kind = wire::Stated::NONE;
    Offset<void> table;
};

Offset<String> write_text(FlatBufferBuilder& to, const std::string& text) {
    return text.empty() ? Offset<String>{} : to.CreateString(text);
}

Codes write_codes(FlatBufferBuilder& to, const std::vector<Offset<String>>& codes) {
    return codes.empty() ? Codes{} : to.CreateVector(codes);
}

// The parts of particulars that a table refers to.
struct WrittenParticulars {
    Offset<String> reference;
    Offset<String> description;
    wire::Id tag_value;
    bool has_tag;

    WrittenParticulars(FlatBufferBuilder& to, const Particulars& particulars)
        : reference{write_text(to, particulars.reference)},
          description{write_text(to, particulars.description)},
          tag_value{to_wire(particulars.tag)},
          has_tag{!particulars.tag.is_none()} {}

    const wire::Id* tag() const { return has_tag ? &tag_value : nullptr; }
};

struct WrittenLimits {
    wire::U128 min_value;
    wire::U128 max_value;
    bool has_min;
    bool has_max;

    explicit WrittenLimits(const Limits& limits)
        : min_value{to_wire(limits.min.value_or(SignedAmount{}))},
          max_value{to_wire(limits.max.value_or(SignedAmount{}))},
          has_min{limits.min.has_value()},
          has_max{limits.max.has_value()} {}

    const wire::U128* min() const { return has_min ? &min_value : nullptr; }
    const wire::U128* max() const { return has_max ? &max_value : nullptr; }
};

// One overload a kind; each returns the union's kind and its table.

Stated write(FlatBufferBuilder& to, const DefineAsset& asset) {
    const auto code = to.CreateString(asset.code);
    // A scale too large for a byte must not come back as another, valid one.
    const auto scale = static_cast<std::uint8_t>(std::min(asset.scale, 255U));
    return {wire::Stated::DefineAsset, wire::CreateDefineAsset(to, code, scale).Union()};
}

Stated write(FlatBufferBuilder& to, const OpenAccount& account) {
    const auto code = to.CreateString(account.code);
    const auto asset = to.CreateString(account.asset);
    const WrittenLimits limits{account.limits};
    const auto table = wire::CreateOpenAccount(
        to, code, asset, static_cast<std::uint8_t>(account.type), limits.min(), limits.max());
    return {wire::Stated::OpenAccount, table.Union()};
}

Stated write(FlatBufferBuilder& to, const PostEntry& entry) {
    std::vector<wire::Posting> postings;
    std::vector<Offset<String>> codes;
    postings.reserve(entry.postings.size());
    for (const auto& posting : entry.postings) {
        postings.emplace_back(posting.account.number.value(), to_wire(posting.amount),
                              static_cast<std::uint8_t>(posting.side), std::uint8_t{0},
                              std::uint16_t{0}, 0U);
        if (!posting.account.code.empty()) codes.push_back(to.CreateString(posting.account.code));
    }
    const auto posting_vector = to.CreateVectorOfStructs(postings);
    const auto code_vector = write_codes(to, codes);
    const auto& particulars = entry.particulars;
    const WrittenParticulars written{to, particulars};
    const Rate rate = entry.rate.value_or(Rate{});
    const auto residue_code = write_text(to, rate.residue.code);
    const wire::Rate rate_value{rate.numerator,
                                rate.denominator,
                                rate.residue.number.value(),
                                static_cast<std::uint8_t>(rate.rounding),
                                0,
                                0,
                                0};
    const auto table = wire::CreatePostEntry(
        to, posting_vector, code_vector, written.reference, written.description, written.tag(),
        particulars.effective_at.nanoseconds(), particulars.is_reference_unique,
        static_cast<std::uint8_t>(entry.balancing), entry.rate ? &rate_value : nullptr,
        residue_code);
    return {wire::Stated::PostEntry, table.Union()};
}

Stated write(FlatBufferBuilder& to, const VoidKey& /*stated*/) {
    return {wire::Stated::VoidKey, wire::CreateVoidKey(to).Union()};
}

Stated write(FlatBufferBuilder& to, const PlaceHold& hold) {
    const auto debit_code = write_text(to, hold.debit.code);
    const auto credit_code = write_text(to, hold.credit.code);
    const WrittenParticulars written{to, hold.particulars};
    const auto amount = to_wire(hold.amount);
    const auto table = wire::CreatePlaceHold(
        to, hold.debit.number.value(), debit_code, hold.credit.number.value(), credit_code, &amount,
        hold.expires_at.nanoseconds(), written.reference, written.description, written.tag(),
        hold.particulars.effective_at.nanoseconds(), hold.particulars.is_reference_unique);
    return {wire::Stated::PlaceHold, table.Union()};
}

Stated write(FlatBufferBuilder& to, const CaptureHold& capture) {
    const WrittenParticulars written{to, capture.particulars};
    const auto amount = to_wire(capture.amount.value_or(Amount{}));
    const auto table = wire::CreateCaptureHold(
        to, capture.hold.bits(), capture.amount ? &amount : nullptr, capture.is_final,
        written.reference, written.description, written.tag(),
        capture.particulars.effective_at.nanoseconds(), capture.particulars.is_reference_unique);
    return {wire::Stated::CaptureHold, table.Union()};
}

Stated write(FlatBufferBuilder& to, const ReleaseHold& release) {
    const WrittenParticulars written{to, release.particulars};
    const auto table = wire::CreateReleaseHold(
        to, release.hold.bits(), written.reference, written.description, written.tag(),
        release.particulars.effective_at.nanoseconds(), release.particulars.is_reference_unique);
    return {wire::Stated::ReleaseHold, table.Union()};
}

Stated write(FlatBufferBuilder& to, const ExpireHold& expiry) {
    return {wire::Stated::ExpireHold, wire::CreateExpireHold(to, expiry.hold.bits()).Union()};
}

Stated write(FlatBufferBuilder& to, const ReverseEntry& reversal) {
    std::vector<wire::U128> amounts;
    for (const Amount amount : reversal.amounts)
        amounts.push_back(to_wire(amount));
    const auto amount_vector = amounts.empty() ? Offset<flatbuffers::Vector<const wire::U128*>>{}
                                               : to.CreateVectorOfStructs(amounts);
    const WrittenParticulars written{to, reversal.particulars};
    const auto table = wire::CreateReverseEntry(
        to, reversal.entry.bits(), amount_vector, written.reference, written.description,
        written.tag(), reversal.particulars.effective_at.nanoseconds(),
        reversal.particulars.is_reference_unique);
    return {wire::Stated::ReverseEntry, table.Union()};
}

Stated write(FlatBufferBuilder& to, const SetAccountState& stated) {
    const auto code = write_text(to, stated.account.code);
    const WrittenParticulars written{to, stated.particulars};
    const auto table = wire::CreateSetAccountState(
        to, stated.account.number.value(), code, static_cast<std::uint8_t>(stated.state),
        written.reference, written.description, written.tag(),
        stated.particulars.effective_at.nanoseconds(), stated.particulars.is_reference_unique);
    return {wire::Stated::SetAccountState, table.Union()};
}

Stated write(FlatBufferBuilder& to, const SetLimits& stated) {
    const auto code = write_text(to, stated.account.code);
    const WrittenParticulars written{to, stated.particulars};
    const WrittenLimits limits{stated.limits};
    const auto table = wire::CreateSetLimits(
        to, stated.account.number.value(), code, limits.min(), limits.max(), written.reference,
        written.description, written.tag(), stated.particulars.effective_at.nanoseconds(),
        stated.particulars.is_reference_unique);
    return {wire::Stated::SetLimits, table.Union()};
}

template <typename Kind>
void finish(FlatBufferBuilder& to, const Id128& key, const Stated& stated, const Kind& command) {
    std::vector<wire::Precondition> conditions;
    std::vector<Offset<String>> codes;
    if constexpr (requires { command.require; }) {
        for (const Precondition& condition : command.require) {
            const auto& [number, code] = condition.account;
            conditions.emplace_back(number.value(), to_wire(condition.value),
                                    static_cast<std::uint8_t>(condition.measure),
                                    static_cast<std::uint8_t>(condition.comparison),
                                    std::uint16_t{0}, 0U);
            if (!code.empty()) codes.push_back(to.CreateString(code));
        }
    }
    const auto condition_vector = conditions.empty()
                                      ? Offset<flatbuffers::Vector<const wire::Precondition*>>{}
                                      : to.CreateVectorOfStructs(conditions);
    const auto code_vector = write_codes(to, codes);
    const auto key_value = to_wire(key);
    wire::FinishCommandBuffer(to, wire::CreateCommand(to, &key_value, stated.kind, stated.table,
                                                      condition_vector, code_vector));
}

struct Frames {
    std::vector<std::byte> bytes;
    std::size_t largest = 0;
};

Frames write_members(FlatBufferBuilder& member, const Atomic& atomic) {
    Frames frames;
    for (const auto& each : atomic.members) {
        member.Clear();
        std::visit(
            [&](const auto& stated) { finish(member, Id128{}, write(member, stated), stated); },
            each);
        frames.largest = std::max<std::size_t>(frames.largest, member.GetSize());
        append_frame(frames.bytes,
                     std::as_bytes(std::span{member.GetBufferPointer(), member.GetSize()}));
    }
    return frames;
}

}  // namespace

std::size_t write_command(FlatBufferBuilder& to, FlatBufferBuilder& member,
                          const Command& command) {
    to.Clear();
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        const auto frames = write_members(member, *atomic);
        const auto bytes = to.CreateVector(
            reinterpret_cast<const std::uint8_t*>(frames.bytes.data()), frames.bytes.size());
        const auto table = wire::CreateAtomic(to, bytes);
        finish(to, atomic->key, {wire::Stated::Atomic, table.Union()}, *atomic);
        return frames.largest;
    }
    std::visit(
        [&](const auto& stated) {
            if constexpr (requires { write(to, stated); }) {
                finish(to, key_of(command), write(to, stated), stated);
            } else {
                CHECK_INVARIANT(false, "a transfer is a struct, not a table");
            }
        },
        command);
    return 0;
}

}  // namespace daybook::schema

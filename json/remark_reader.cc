#include "json/remark_reader.h"

#include <optional>

#include "json/remark_kind.h"
#include "json/required.h"
#include "ledger/account.h"
#include "ledger/hold.h"

namespace daybook::json {

namespace {

std::optional<HoldState> parse_hold_state(std::string_view text) {
    for (const auto state :
         {HoldState::open, HoldState::captured, HoldState::released, HoldState::expired}) {
        if (text == daybook::name_of(state)) return state;
    }
    return std::nullopt;
}

std::uint16_t read_index(Fields& fields, std::string_view name) {
    constexpr std::uint32_t kMost = 0xffff;
    const auto index = read_small(fields, name);
    if (index > kMost) fields.wrong(name, "is more than 65535");
    return static_cast<std::uint16_t>(index);
}

SignedAmount read_signed(Fields& fields, std::string_view name) {
    fields.require(name);
    return fields.signed_amount(name).value_or(SignedAmount{});
}

SignedAmount read_bits(Fields& fields, std::string_view name) {
    return as_bits(read_amount(fields, name));
}

std::uint64_t read_id(Fields& fields) {
    fields.require("id");
    return fields.id("id").bits();
}

void read_limits(Fields& fields, Remark& remark) {
    const auto min = fields.signed_amount("min");
    const auto max = fields.signed_amount("max");
    remark.count = (min ? Remark::kHasMin : 0) | (max ? Remark::kHasMax : 0);
    remark.x = min.value_or(SignedAmount{});
    remark.y = max.value_or(SignedAmount{});
}

void read_hold(Fields& fields, Remark& remark) {
    remark.subject = read_id(fields);
    remark.index = read_index(fields, "touch");
    fields.require("state");
    remark.count =
        static_cast<std::uint32_t>(fields.named("state", &parse_hold_state, HoldState::open));
    remark.x = read_bits(fields, "remaining");
    remark.y = read_bits(fields, "captured");
    remark.at = fields.stamp("expires_at_ns", "expires_at_ns");
}

void read_own(Fields& fields, Remark& remark) {
    switch (remark.kind) {
        case RemarkKind::shortfall:
            remark.subject = read_big(fields, "account_number");
            remark.index = read_index(fields, "posting");
            remark.x = read_signed(fields, "balance");
            remark.y = read_signed(fields, "bound");
            return;
        case RemarkKind::unmet:
            remark.subject = read_big(fields, "account_number");
            remark.index = read_index(fields, "condition");
            remark.x = read_signed(fields, "value");
            remark.y = read_signed(fields, "demanded");
            return;
        case RemarkKind::excess:
            remark.subject = read_id(fields);
            remark.index = read_index(fields, "posting");
            remark.x = read_bits(fields, "left");
            remark.y = read_bits(fields, "asked");
            return;
        case RemarkKind::rate:
            remark.x = read_bits(fields, "expected");
            remark.y = read_bits(fields, "stated");
            return;
        case RemarkKind::failed:
            return;
        case RemarkKind::number:
            remark.subject = read_big(fields, "number");
            return;
        case RemarkKind::taken:
            remark.x = read_bits(fields, "amount");
            return;
        case RemarkKind::hold:
            return read_hold(fields, remark);
        case RemarkKind::reversed:
            remark.subject = read_id(fields);
            remark.index = read_index(fields, "touch");
            remark.count = read_small(fields, "posting");
            remark.x = read_bits(fields, "amount");
            remark.y = read_bits(fields, "total");
            return;
        case RemarkKind::state:
            remark.subject = read_big(fields, "account_number");
            fields.require("state");
            remark.count = static_cast<std::uint32_t>(
                fields.named("state", &parse_account_state, AccountState::open));
            return;
        case RemarkKind::limits:
            remark.subject = read_big(fields, "account_number");
            return read_limits(fields, remark);
    }
}

}  // namespace

Remark read_remark(Fields& fields) {
    Remark remark;
    fields.require("kind");
    const auto kind = fields.named("kind", &parse_remark_kind, RemarkKind::failed);
    remark.kind = kind;
    if (fields.has("member")) remark.member = read_index(fields, "member");
    read_own(fields, remark);
    return remark;
}

}  // namespace daybook::json

// Between the generated wire structs and the ledger's values. Private to schema/'s sources:
// generated types never leave this folder.
#pragma once

#include <cstring>
#include <string>

#include "base/bytes.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/remark.h"
#include "ledger/touch.h"
#include "schema/wire_generated.h"

namespace daybook::schema {

// Wire structs are trivially copyable and little-endian, so they are copied, never cast: what they
// are copied from need not be aligned.
template <typename Struct>
Struct load(Bytes bytes) {
    Struct value;
    std::memcpy(&value, bytes.data(), sizeof(Struct));
    return value;
}

template <typename Struct>
void store(std::span<std::byte> out, const Struct& value) {
    std::memcpy(out.data(), &value, sizeof(Struct));
}

inline std::string text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline wire::Id to_wire(const Id128& id) {
    return load<wire::Id>(std::as_bytes(std::span{id.bytes}));
}
inline Id128 from_wire(const wire::Id& id) {
    Id128 result;
    std::memcpy(result.bytes.data(), &id, sizeof id);
    return result;
}

inline wire::Hash to_wire(const Hash256& hash) {
    return load<wire::Hash>(std::as_bytes(std::span{hash.bytes}));
}
inline Hash256 from_wire(const wire::Hash& hash) {
    Hash256 result;
    std::memcpy(result.bytes.data(), &hash, sizeof hash);
    return result;
}

inline wire::U128 to_wire(Amount amount) {
    return {amount.low(), amount.high()};
}
inline wire::U128 to_wire(SignedAmount amount) {
    return {amount.low(), amount.high()};
}
inline Amount amount_from(const wire::U128& number) {
    return {number.high(), number.low()};
}
inline SignedAmount signed_amount_from(const wire::U128& number) {
    return {number.high(), number.low()};
}

inline wire::Touch to_wire(const Touch& touch) {
    return {touch.account.value(),
            touch.version,
            touch.links.prev.bits(),
            touch.links.jump.bits(),
            to_wire(touch.after.posted_debits),
            to_wire(touch.after.posted_credits),
            to_wire(touch.after.held_debits),
            to_wire(touch.after.held_credits)};
}
inline Touch from_wire(const wire::Touch& touch) {
    return {AccountNumber{touch.account()},
            touch.version(),
            {TouchPointer{touch.prev()}, TouchPointer{touch.jump()}},
            {amount_from(touch.posted_debits()), amount_from(touch.posted_credits()),
             amount_from(touch.held_debits()), amount_from(touch.held_credits())}};
}

// Members count from 1 in bytes, so that what has none is zero.
inline wire::Remark to_wire(const Remark& remark) {
    return {static_cast<std::uint16_t>(remark.kind),
            static_cast<std::uint16_t>(remark.member + 1),
            remark.index,
            0,
            remark.count,
            0,
            remark.subject,
            remark.at.nanoseconds(),
            to_wire(remark.x),
            to_wire(remark.y)};
}
inline Remark from_wire(const wire::Remark& remark) {
    return {.kind = static_cast<RemarkKind>(remark.kind()),
            .member = static_cast<std::uint16_t>(remark.member() - 1),
            .index = remark.index(),
            .count = remark.count(),
            .subject = remark.subject(),
            .at = Stamp{remark.at()},
            .x = signed_amount_from(remark.x()),
            .y = signed_amount_from(remark.y())};
}

}  // namespace daybook::schema

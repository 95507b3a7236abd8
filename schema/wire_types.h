// Between the generated wire structs and the ledger's values. Private to schema/'s sources:
// generated types never leave this folder.
#pragma once

#include <cstring>

#include "base/bytes.h"
#include "ledger/account.h"
#include "ledger/amount.h"
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

inline wire::Id to_wire(const Id128& id) {
    return load<wire::Id>(std::as_bytes(std::span{id.bytes}));
}
inline Id128 from_wire(const wire::Id& id) {
    Id128 result;
    std::memcpy(result.bytes.data(), &id, sizeof id);
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

}  // namespace daybook::schema

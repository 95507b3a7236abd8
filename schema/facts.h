// Facts in records and receipts. Private to schema/'s sources.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "ledger/decide.h"
#include "schema/wire_types.h"

namespace daybook::schema {

// On disk. Never renumber; append only.
enum class FactKind : std::uint16_t { shortfall = 1 };

inline wire::Fact to_fact(const Shortfall& shortfall) {
    return {static_cast<std::uint16_t>(FactKind::shortfall),
            0,
            shortfall.posting,
            0,
            0,
            0,
            shortfall.account.value(),
            0,
            to_wire(shortfall.balance),
            to_wire(shortfall.bound)};
}

inline std::optional<Shortfall> shortfall_from(const wire::Fact& fact) {
    if (fact.kind() != static_cast<std::uint16_t>(FactKind::shortfall)) return std::nullopt;
    return Shortfall{AccountNumber{fact.subject()}, fact.posting(), signed_amount_from(fact.x()),
                     signed_amount_from(fact.y())};
}

}  // namespace daybook::schema

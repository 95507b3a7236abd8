// Hold: a reserved transfer. HoldTable: every hold of a book, open or ended, and when which
// expires. One thread: the sequencer's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ledger/amount.h"
#include "ledger/entry_id.h"
#include "ledger/numbers.h"

namespace daybook {

// On disk. Never renumber; append only.
enum class HoldState : std::uint8_t { open = 1, captured = 2, released = 3, expired = 4 };

std::string_view name_of(HoldState state);

struct Hold {
    AccountNumber debit;
    AccountNumber credit;
    Amount amount;
    Amount remaining;
    Amount captured;
    Stamp expires_at;  // none: never
    HoldState state = HoldState::open;
    friend bool operator==(const Hold&, const Hold&) = default;
};

class HoldTable {
public:
    HoldTable();
    ~HoldTable();
    HoldTable(const HoldTable&) = delete;
    HoldTable& operator=(const HoldTable&) = delete;
    HoldTable(HoldTable&&) noexcept;
    HoldTable& operator=(HoldTable&&) noexcept;

    // Null when there is no open hold of this id. Valid until the next change.
    const Hold* find_open(EntryId id) const;
    // Nothing when there never was such a hold.
    std::optional<HoldState> state_of(EntryId id) const;

    // A new hold, or one after its next step. What has ended stays so (checked).
    void put(EntryId id, const Hold& hold);

    // The open hold that is the next to expire at or before `stamp`, by (expires_at, id).
    std::optional<EntryId> due_at(Stamp stamp) const;
    // When the next one expires; nothing when none ever does.
    std::optional<Stamp> next_expiry() const;

    std::size_t open_count() const;
    // In order.
    std::vector<EntryId> open_ids() const;

private:
    struct Tables;
    std::unique_ptr<Tables> tables_;
};

}  // namespace daybook

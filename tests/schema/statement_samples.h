// A page of a statement with everything in it that a line can have, for round trips and damage.
#pragma once

#include <cstdint>
#include <string>

#include "schema/statement.h"

namespace daybook::schema {

inline const Standing kSampleStanding{Seq{20}, Stamp{2'000}, Seq{12}, Stamp{1'400}};

inline StatementLine sample_line(std::uint64_t seq, std::uint16_t touch) {
    StatementLine line;
    line.at = TouchPointer{Seq{seq}, touch};
    line.recorded_at = Stamp{1'772'366'400'000'000'001};
    line.kind = LineKind::hold_captured;
    line.id = EntryId{Seq{seq}, 0};
    line.side = Side::credit;
    line.after = {Amount{1, 2}, Amount{3, 4}, Amount{5, 6}, Amount{7, 8}};
    line.version = 9;
    return line;
}

inline AccountStatement sample_statement() {
    AccountBalance balance;
    balance.number = AccountNumber{7};
    balance.asset = AssetNumber{2};
    balance.asset_code = "USD";
    balance.scale = 2;
    balance.totals = {Amount{1, 2}, Amount{3, 4}, Amount{5, 6}, Amount{7, 8}};
    balance.version = 9;
    balance.last = TouchPointer{Seq{12}, 3};
    AccountStatement statement{kSampleStanding, balance, {}, TouchPointer{Seq{10}, 1}, {}};
    statement.opening = balance;
    statement.opening.version = 6;

    StatementLine captured = sample_line(12, 3);
    captured.effective_at = Stamp{-5};
    captured.about = EntryId{Seq{4}, 2};
    captured.reference = std::string(128, 'r');
    captured.description = "says who";
    captured.posted = Amount{9, 8};
    captured.held = SignedAmount{-7};
    captured.counter = {
        {AccountNumber{8}, "shop:till", AssetNumber{2}, 2, Side::debit, Amount{0, 1}},
        {AccountNumber{9}, std::string(128, 'x'), AssetNumber{3}, 18, Side::credit, Amount{5, 1}}};
    StatementLine frozen = sample_line(12, 2);
    frozen.kind = LineKind::state_changed;
    frozen.state = AccountState::frozen_credits;
    StatementLine limited = sample_line(10, 1);
    limited.kind = LineKind::limits_changed;
    limited.limits = {.min = SignedAmount{-3}, .max = {}};
    statement.lines = {captured, frozen, limited};
    return statement;
}

}  // namespace daybook::schema

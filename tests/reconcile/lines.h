// Lines of a ledger and a statement for tests, and what became of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "reconcile/reconciliation.h"

namespace daybook::reconcile {

inline const Money kEuro{"EUR", 2};

inline Day day(std::string_view text) {
    const auto read = DayFormat{}.read(text);
    REQUIRE(read);
    return *read;
}

// Minor units of a day of March 2025; more than 31 is April, 0 and below is February.
inline Line line(int of_march, Int128 amount, std::string reference = {},
                 std::string description = {}, std::string counterpart = {}) {
    return {.day = day("2025-03-01") + std::chrono::days{of_march - 1},
            .amount = SignedAmount{amount},
            .reference = std::move(reference),
            .description = std::move(description),
            .counterpart = std::move(counterpart)};
}

// What reverses the entry at `seq`, wholly or in part.
inline Line reversal(int of_march, Int128 amount, std::uint64_t seq, std::string reference = {}) {
    auto made = line(of_march, amount, std::move(reference));
    made.reverses = EntryId{Seq{seq}, 0};
    return made;
}

// March 2025 of both; `opening` is the statement's.
inline Reconciliation compare(std::vector<Line> ledger, std::vector<Line> statement,
                              const Rules& rules = {}, Int128 opening = 0) {
    LedgerSide ours{.book = {},
                    .cut = Seq{1000},
                    .chain_head = {},
                    .cut_stamp = Stamp{1'767'225'600'000'000'000},  // long after
                    .account = "bank:cash",
                    .type = AccountType::asset,
                    .money = kEuro,
                    .lines = {},
                    .before = {},
                    .after = {},
                    .trial = {}};
    const Period march{day("2025-03-01"), day("2025-04-01")};
    std::uint64_t seq = 0;
    for (auto& one : ledger) {
        one.at = TouchPointer{Seq{++seq}, 0};
        one.id = EntryId{Seq{seq}, 0};
        REQUIRE(add_line(ours, std::move(one), near_of(march, rules)));
    }
    StatementSide theirs;
    theirs.statement.opening = SignedAmount{opening};
    Int128 closing = opening;
    std::uint64_t number = 0;
    for (auto& one : statement) {
        one.number = ++number;
        closing += one.amount.minor_units();
        theirs.statement.last = std::max(theirs.statement.last, one.day);
    }
    theirs.statement.closing = SignedAmount{closing};
    theirs.statement.lines = std::move(statement);
    return reconcile(std::move(ours), std::move(theirs), rules, march);
}

// `exact 1=1; date_differs 2=2 3`: the seqs and the numbers of the lines in each match.
inline std::string told(const Reconciliation& result) {
    std::string text;
    for (const auto& match : result.matches) {
        if (!text.empty()) text += "; ";
        text += name_of(match.bucket);
        text += ' ';
        for (std::size_t i = 0; i < match.ledger.size(); ++i) {
            text += (i == 0 ? "" : "+") +
                    std::to_string(result.ledger.lines[match.ledger[i]].at.seq().value());
        }
        text += '=';
        for (std::size_t i = 0; i < match.statement.size(); ++i) {
            text += (i == 0 ? "" : "+") +
                    std::to_string(result.statement.statement.lines[match.statement[i]].number);
        }
        if (!match.by.empty()) text += " by " + match.by;
    }
    return text;
}

}  // namespace daybook::reconcile

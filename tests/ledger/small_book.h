// A book with two assets and a handful of accounts, and short ways to move money in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/book.h"
#include "ledger/decide.h"

namespace daybook {

constexpr Amount of(std::uint64_t minor_units) {
    return Amount{0, minor_units};
}
constexpr SignedAmount net(std::int64_t minor_units) {
    return SignedAmount{Int128{minor_units}};
}

// What a shortfall remark says.
struct Shortfall {
    AccountNumber account;
    std::uint16_t posting = 0;
    SignedAmount balance;
    SignedAmount bound;
    friend bool operator==(const Shortfall&, const Shortfall&) = default;
};

inline std::optional<Shortfall> shortfall_of(const Decision& decision) {
    const auto* remark = find_remark(decision.remarks, RemarkKind::shortfall);
    if (remark == nullptr) return std::nullopt;
    return Shortfall{remark->account(), remark->index, remark->x, remark->y};
}

inline Id128 key_number(std::uint8_t number) {
    Id128 key;
    key.bytes[15] = number;
    return key;
}

class SmallBook {
public:
    SmallBook() {
        submit(DefineAsset{key_number(1), "USD", 2});
        submit(DefineAsset{key_number(2), "EUR", 2});
        cash = open("bank:cash", "USD", AccountType::asset);
        alice = open("users:alice", "USD", AccountType::liability, {net(0), {}});
        bob = open("users:bob", "USD", AccountType::liability);
        euros = open("bank:euros", "EUR", AccountType::asset);
        carol = open("users:carol", "EUR", AccountType::liability);
    }

    const Decision& decide_only(const Command& command, const Facts& facts = {}) {
        decide(book, facts, command, Turn{head.next(), stamp}, decision);
        return decision;
    }

    // Decides and, when accepted, applies under the next Seq.
    const Decision& submit(const Command& command, const Facts& facts = {}) {
        decide_only(command, facts);
        if (decision.kind == Decision::Kind::accepted) {
            head = head.next();
            apply(book, head, decision);
        }
        return decision;
    }

    AccountNumber open(std::string code, std::string asset, AccountType type, Limits limits = {}) {
        submit(OpenAccount{key_number(3), std::move(code), std::move(asset), type, limits});
        return AccountNumber{decision.subject};
    }

    static Transfer transfer(AccountNumber debit, AccountNumber credit, Amount amount) {
        return {key_number(4), debit, credit, amount, {}, {}};
    }
    static Posting posting(AccountNumber account, Side side, Amount amount) {
        return {{account, {}}, side, amount};
    }
    static Posting posting(std::string code, Side side, Amount amount) {
        return {{{}, std::move(code)}, side, amount};
    }
    static PostEntry entry(std::vector<Posting> postings) {
        return {key_number(5), std::move(postings)};
    }

    const Totals& totals(AccountNumber account) const { return book.find(account)->totals; }

    Book book;
    Seq head;
    Stamp stamp{1000};
    Decision decision;
    AccountNumber cash;
    AccountNumber alice;
    AccountNumber bob;
    AccountNumber euros;
    AccountNumber carol;
};

}  // namespace daybook

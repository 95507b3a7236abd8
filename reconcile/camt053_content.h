// CamtContent: makes statements of the elements of a camt.053, one after the other. Knows the
// message, not XML.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "reconcile/rules.h"
#include "reconcile/statement.h"

namespace daybook::reconcile {

class CamtContent {
public:
    // Both must outlive it.
    CamtContent(const Money& money, const CamtMap& map) : money_{money}, map_{map} {}

    // `path` has the names below the document's root: `/BkToCstmrStmt/Stmt/Ntry`. `currency` is the
    // attribute Ccy, if the element has one.
    void begin(std::string_view path);
    Result<void> end(std::string_view path, const std::string& text, const std::string& currency);
    // After the last element. At least one.
    Result<std::vector<OutsideStatement>> finish();

private:
    struct Balance {
        std::string code;
        std::optional<SignedAmount> amount;
        std::optional<bool> is_credit;
    };
    struct Entry {
        std::optional<SignedAmount> amount;
        std::optional<bool> is_credit;
        std::string status;
        std::optional<Day> booked;
        std::optional<Day> valued;
        std::string reference;       // the entry's own
        std::string bank_reference;  // the bank's
        std::string end_to_end;      // of its one transaction
        std::uint64_t transactions = 0;
        std::string information;  // of the transactions, then of the entry
        std::string party;
    };

    Result<void> end_balance_part(std::string_view part, const std::string& text,
                                  const std::string& currency);
    Result<void> end_entry_part(std::string_view part, const std::string& text,
                                const std::string& currency);
    void end_transaction_part(std::string_view part, const std::string& text);
    Result<void> end_balance();
    Result<void> end_entry();
    Result<void> end_statement();
    Result<SignedAmount> amount_of(const std::string& text, const std::string& currency) const;

    const Money& money_;
    const CamtMap& map_;
    std::vector<OutsideStatement> statements_;
    std::string account_;  // of the first statement
    std::string statement_account_;
    OutsideStatement statement_;
    std::optional<SignedAmount> opening_;
    std::optional<SignedAmount> previous_closing_;
    std::optional<SignedAmount> closing_;
    Balance balance_;
    Entry entry_;
};

}  // namespace daybook::reconcile

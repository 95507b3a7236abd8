#include "reconcile/camt053_content.h"

#include <algorithm>
#include <utility>

namespace daybook::reconcile {

namespace {

constexpr std::string_view kStatement = "/BkToCstmrStmt/Stmt";
constexpr std::string_view kNotProvided = "NOTPROVIDED";

std::unexpected<Error> wrong(const std::string& what) {
    return fail(ErrorCode::bad_input, what);
}

// The date as it is written, of a day or a moment with whatever offset.
Result<Day> day_of(const std::string& text) {
    constexpr std::size_t kDayBytes = 10;
    if (text.size() > kDayBytes && text[kDayBytes] != 'T' && text[kDayBytes] != 'Z' &&
        text[kDayBytes] != '+' && text[kDayBytes] != '-') {
        return wrong("'" + text + "' is not a date");
    }
    return DayFormat{}.read(std::string_view{text}.substr(0, kDayBytes));
}

Result<bool> credit_of(const std::string& text) {
    if (text == "CRDT") return true;
    if (text == "DBIT") return false;
    return wrong("'" + text + "' is neither CRDT nor DBIT");
}

// The rest of `path` behind `start`; nothing when it begins otherwise.
std::optional<std::string_view> behind(std::string_view path, std::string_view start) {
    if (!path.starts_with(start)) return std::nullopt;
    return path.substr(start.size());
}

template <typename T>
Result<void> put(std::optional<T>& target, const Result<T>& value) {
    if (!value) return std::unexpected{value.error()};
    target = *value;
    return {};
}

SignedAmount with_side(SignedAmount amount, bool is_credit) {
    return is_credit ? amount : SignedAmount{-amount.minor_units()};
}

}  // namespace

void CamtContent::begin(std::string_view path) {
    const auto part = behind(path, kStatement);
    if (!part) return;
    if (part->empty()) {
        statement_ = {};
        statement_account_.clear();
        opening_.reset();
        previous_closing_.reset();
        closing_.reset();
    }
    if (*part == "/Bal") balance_ = {};
    if (*part == "/Ntry") entry_ = {};
    if (*part == "/Ntry/NtryDtls/TxDtls") ++entry_.transactions;
}

Result<void> CamtContent::end(std::string_view path, const std::string& text,
                              const std::string& currency) {
    const auto part = behind(path, kStatement);
    if (!part) return {};
    if (part->empty()) return end_statement();
    if (*part == "/Bal") return end_balance();
    if (*part == "/Ntry") return end_entry();
    if (*part == "/Acct/Id/IBAN" || *part == "/Acct/Id/Othr/Id") statement_account_ = text;
    if (*part == "/Acct/Ccy" && text != money_.asset) {
        return wrong("it is in " + text + ", the account is in " + money_.asset);
    }
    if (*part == "/FrToDt/ToDtTm") {
        const auto last = day_of(text);
        if (!last) return std::unexpected{last.error()};
        statement_.last = std::max(statement_.last, *last);
    }
    if (const auto of_balance = behind(*part, "/Bal/")) {
        return end_balance_part(*of_balance, text, currency);
    }
    if (const auto of_entry = behind(*part, "/Ntry/")) {
        return end_entry_part(*of_entry, text, currency);
    }
    return {};
}

Result<SignedAmount> CamtContent::amount_of(const std::string& text,
                                            const std::string& currency) const {
    if (currency != money_.asset) {
        return wrong("it is in '" + currency + "', the account is in " + money_.asset);
    }
    auto amount = parse_money(text, money_);
    if (amount && *amount < SignedAmount{}) return wrong("an amount below zero");
    return amount;
}

Result<void> CamtContent::end_balance_part(std::string_view part, const std::string& text,
                                           const std::string& currency) {
    if (part == "Tp/CdOrPrtry/Cd") balance_.code = text;
    if (part == "Amt") return put(balance_.amount, amount_of(text, currency));
    if (part == "CdtDbtInd") return put(balance_.is_credit, credit_of(text));
    return {};
}

Result<void> CamtContent::end_balance() {
    const bool is_wanted =
        balance_.code == "OPBD" || balance_.code == "PRCD" || balance_.code == "CLBD";
    if (!is_wanted) return {};
    if (!balance_.amount || !balance_.is_credit) {
        return wrong("the balance " + balance_.code + " has no Amt or no CdtDbtInd");
    }
    auto& target = balance_.code == "OPBD"   ? opening_
                   : balance_.code == "PRCD" ? previous_closing_
                                             : closing_;
    if (target) return wrong("the balance " + balance_.code + " is there twice");
    target = with_side(*balance_.amount, *balance_.is_credit);
    return {};
}

Result<void> CamtContent::end_entry_part(std::string_view part, const std::string& text,
                                         const std::string& currency) {
    if (part == "Amt") return put(entry_.amount, amount_of(text, currency));
    if (part == "CdtDbtInd") return put(entry_.is_credit, credit_of(text));
    // A code of its own since version 8 of the message.
    if (part == "Sts/Cd" || (part == "Sts" && entry_.status.empty())) entry_.status = text;
    if (part == "BookgDt/Dt" || part == "BookgDt/DtTm") return put(entry_.booked, day_of(text));
    if (part == "ValDt/Dt" || part == "ValDt/DtTm") return put(entry_.valued, day_of(text));
    if (part == "NtryRef") entry_.reference = text;
    if (part == "AcctSvcrRef") entry_.bank_reference = text;
    if (part == "AddtlNtryInf" && entry_.information.empty()) entry_.information = text;
    if (const auto of_one = behind(part, "NtryDtls/TxDtls/")) end_transaction_part(*of_one, text);
    return {};
}

void CamtContent::end_transaction_part(std::string_view part, const std::string& text) {
    if (part == "Refs/EndToEndId" && text != kNotProvided) entry_.end_to_end = text;
    if (part == "RmtInf/Ustrd" && !text.empty()) {
        entry_.information += (entry_.information.empty() ? "" : " ") + text;
    }
    const bool is_party = part == "RltdPties/Dbtr/Nm" || part == "RltdPties/Cdtr/Nm" ||
                          part == "RltdPties/Dbtr/Pty/Nm" || part == "RltdPties/Cdtr/Pty/Nm";
    if (is_party) entry_.party = text;
}

Result<void> CamtContent::end_entry() {
    if (!entry_.amount || !entry_.is_credit) return wrong("an entry has no Amt or no CdtDbtInd");
    if (entry_.status != "BOOK") {
        if (entry_.status != "PDNG" && entry_.status != "INFO" && entry_.status != "FUTR") {
            return wrong("an entry's status is '" + entry_.status + "', not BOOK, PDNG or INFO");
        }
        ++statement_.pending;
        return {};
    }
    const auto booked = entry_.booked ? entry_.booked : entry_.valued;
    if (!booked) return wrong("a booked entry has neither BookgDt nor ValDt");
    if (statement_.lines.size() == kLinesMax) return wrong("too many entries");
    const bool by_value = map_.day == CamtDay::value && entry_.valued;
    Line line{.day = by_value ? *entry_.valued : *booked,
              .amount = with_side(*entry_.amount, *entry_.is_credit)};
    // What it tells of goes by what the bank has booked.
    statement_.last = std::max(statement_.last, *booked);
    // Nothing moved: banks report, for instance, that no interest was due.
    if (line.amount == SignedAmount{}) {
        ++statement_.zeros;
        return {};
    }
    // What a batch's transactions are called is none of the batch's names.
    const bool is_one = entry_.transactions == 1;
    line.reference = is_one && !entry_.end_to_end.empty() ? entry_.end_to_end
                     : !entry_.reference.empty()          ? entry_.reference
                                                          : entry_.bank_reference;
    line.description = entry_.information;
    if (is_one) line.counterpart = entry_.party;
    line.number = statement_.lines.size() + 1;
    statement_.lines.push_back(std::move(line));
    return {};
}

Result<void> CamtContent::end_statement() {
    if (!opening_) opening_ = previous_closing_;
    if (!opening_ || !closing_) {
        return wrong(
            "the statement has no " +
            std::string{opening_ ? "closing balance (CLBD)" : "opening balance (OPBD or PRCD)"} +
            "; get the final, whole statement");
    }
    if (!statements_.empty() && statement_account_ != account_) {
        return wrong("there are statements of several accounts, '" + account_ + "' and '" +
                     statement_account_ + "'; split the file");
    }
    account_ = statement_account_;
    statement_.opening = *opening_;
    statement_.closing = *closing_;
    if (!statements_.empty()) statement_.last = std::max(statement_.last, statements_.back().last);
    statements_.push_back(std::move(statement_));
    statement_ = {};
    return {};
}

Result<std::vector<OutsideStatement>> CamtContent::finish() {
    if (statements_.empty()) return wrong("there is no statement in it (BkToCstmrStmt/Stmt)");
    return std::move(statements_);
}

}  // namespace daybook::reconcile

#include <string>

#include "reconcile/report.h"

namespace daybook::reconcile {

namespace {

// RFC 4180. A text that a spreadsheet would take for a formula, or that begins with an apostrophe,
// gets an apostrophe in front, as in exports::append_cell: so that it can be read back.
std::string cell(std::string_view text) {
    constexpr std::string_view kEscaped = "=+-@'";
    std::string plain;
    if (!text.empty() && kEscaped.find(text.front()) != std::string_view::npos) plain = "'";
    plain += text;
    if (plain.find_first_of("\",\r\n") == std::string::npos) return plain;
    std::string quoted = "\"";
    for (const char c : plain) {
        if (c == '"') quoted.push_back('"');
        quoted.push_back(c);
    }
    return quoted + '"';
}

std::string row(const Reconciliation& result, const Match& match, std::uint64_t number,
                const Line& line, Party party) {
    const auto scale = result.ledger.money.scale;
    const bool is_ledger = party == Party::ledger;
    std::string text = std::to_string(number);
    for (const auto& part : {
             std::string{name_of(match.bucket)},
             std::string{name_of(party)},
             is_ledger ? std::to_string(line.at.seq().value()) : std::string{},
             is_ledger ? std::to_string(line.at.touch()) : std::string{},
             is_ledger ? std::string{} : std::to_string(line.number),
             to_string(line.day),
             to_string(line.amount),
             to_decimal(line.amount, scale),
             to_decimal(difference_of(result, match), scale),
             cell(line.reference),
             cell(line.description),
             cell(line.counterpart),
             cell(match.by),
         }) {
        text += "," + part;
    }
    return text + "\r\n";
}

}  // namespace

SignedAmount difference_of(const Reconciliation& result, const Match& match) {
    Int128 difference = 0;
    for (const auto index : match.ledger)
        difference += result.ledger.lines[index].amount.minor_units();
    for (const auto index : match.statement)
        difference -= result.statement.statement.lines[index].amount.minor_units();
    return SignedAmount{difference};
}

Result<void> write_breaks_csv(const Reconciliation& result, const Sink& sink) {
    auto done = sink(
        "break,bucket,party,seq,touch,line,day,amount_minor,amount,difference,"
        "reference,description,counterpart,by\r\n");
    std::uint64_t number = 0;
    for (const auto& match : result.matches) {
        if (!result.is_open(match)) continue;
        ++number;
        for (const auto index : match.ledger) {
            if (!done) return done;
            done = sink(row(result, match, number, result.ledger.lines[index], Party::ledger));
        }
        for (const auto index : match.statement) {
            if (!done) return done;
            done = sink(row(result, match, number, result.statement.statement.lines[index],
                            Party::statement));
        }
    }
    return done;
}

}  // namespace daybook::reconcile

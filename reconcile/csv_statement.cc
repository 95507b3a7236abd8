#include "reconcile/csv_statement.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "ledger/form.h"
#include "reconcile/csv.h"

namespace daybook::reconcile {

namespace {

// Where the map's columns are in this file; none: it does not have them.
struct Places {
    using Place = std::optional<std::size_t>;
    Place date, amount, credit, debit, direction, balance, currency, reference, description,
        counterpart;
};

struct Read {
    std::size_t at = 0;  // line of the file
    Line line;
    std::optional<SignedAmount> balance;
};

std::unexpected<Error> wrong(std::size_t line, const std::string& what) {
    return fail(ErrorCode::bad_input, "line " + std::to_string(line) + ": " + what);
}

class Reader {
public:
    Reader(std::string_view text, const CsvMap& map, const Money& money)
        : csv_{text, map.separator, static_cast<std::size_t>(map.skipped_lines) + 1},
          map_{map},
          money_{money} {}

    Result<std::vector<Read>> read() {
        const auto head = csv_.next();
        if (!head) return std::unexpected{head.error()};
        if (!*head) return fail(ErrorCode::bad_input, "the statement is empty");
        if (auto found = find_columns((*head)->fields); !found) {
            return std::unexpected{found.error()};
        }
        std::vector<Read> lines;
        for (;;) {
            const auto record = csv_.next();
            if (!record) return std::unexpected{record.error()};
            if (!*record) return lines;
            auto line = read_line(**record);
            if (!line) return wrong((*record)->line, line.error().detail);
            if (lines.size() == kLinesMax) return wrong((*record)->line, "too many lines");
            lines.push_back(*std::move(line));
        }
    }

    bool has_balances() const { return places_.balance.has_value(); }

private:
    Result<void> find_columns(const std::vector<std::string>& head) {
        columns_ = head.size();
        const bool has_sides = !map_.credit.empty();
        const std::vector<std::pair<const std::string*, Places::Place*>> wanted{
            {&map_.date, &places_.date},
            {&map_.amount, &places_.amount},
            {&map_.credit, &places_.credit},
            {&map_.debit, &places_.debit},
            {&map_.direction, &places_.direction},
            {&map_.balance, &places_.balance},
            {&map_.currency, &places_.currency},
            {&map_.reference, &places_.reference},
            {&map_.description, &places_.description},
            {&map_.counterpart, &places_.counterpart}};
        for (const auto& [name, place] : wanted) {
            if (name->empty()) continue;
            const auto count = std::ranges::count(head, *name);
            if (count > 1) return wrong(1, "column '" + *name + "' is there twice");
            if (count == 1) {
                const auto at = std::ranges::find(head, *name) - head.begin();
                *place = static_cast<std::size_t>(at);
            }
            const bool is_needed = map_.is_stated || place == &places_.date ||
                                   (place == &places_.amount && !has_sides);
            if (is_needed && !*place) return lacks(*name, head);
        }
        return {};
    }
    std::unexpected<Error> lacks(const std::string& name,
                                 const std::vector<std::string>& head) const {
        std::string there;
        for (const auto& column : head)
            there += (there.empty() ? "'" : ", '") + column + "'";
        return fail(ErrorCode::bad_input,
                    "the statement has no column '" + name + "'; with the separator '" +
                        std::string{map_.separator} + "' its columns are " + there +
                        "; state them under csv in the rules file (--rules)");
    }

    Result<Read> read_line(const CsvRecord& record) const {
        if (record.fields.size() != columns_) {
            return fail(ErrorCode::bad_input, "it has " + std::to_string(record.fields.size()) +
                                                  " columns, the header has " +
                                                  std::to_string(columns_));
        }
        for (const auto& field : record.fields) {
            if (!is_plain_text(in_one_line(field))) {
                return fail(ErrorCode::bad_input,
                            "its text is not UTF-8, or has control characters; convert the file, "
                            "e.g. iconv -f windows-1250 -t utf-8");
            }
        }
        Read read;
        read.at = record.line;
        const auto day = map_.day.read(record.fields[*places_.date]);
        if (!day) return std::unexpected{day.error()};
        read.line.day = *day;
        const auto amount = amount_of(record.fields);
        if (!amount) return std::unexpected{amount.error()};
        read.line.amount = map_.is_inverted ? SignedAmount{-amount->minor_units()} : *amount;
        if (read.line.amount == SignedAmount{}) {
            return fail(ErrorCode::bad_input, "its amount is zero; take it out");
        }
        if (places_.currency && record.fields[*places_.currency] != money_.asset) {
            return fail(ErrorCode::bad_input, "it is in '" + record.fields[*places_.currency] +
                                                  "', the account is in " + money_.asset);
        }
        if (places_.balance) {
            const auto balance = money_of(record.fields[*places_.balance]);
            if (!balance) return std::unexpected{balance.error()};
            read.balance = map_.is_inverted ? SignedAmount{-balance->minor_units()} : *balance;
        }
        read.line.reference = text_of(record.fields, places_.reference);
        read.line.description = text_of(record.fields, places_.description);
        read.line.counterpart = text_of(record.fields, places_.counterpart);
        return read;
    }

    static std::string text_of(const std::vector<std::string>& fields, Places::Place place) {
        return place ? in_one_line(fields[*place]) : std::string{};
    }

    Result<SignedAmount> money_of(const std::string& text) const {
        std::string plain;
        for (const char c : text) {
            if (c == ' ' || map_.thousands.find(c) != std::string::npos) continue;
            if (c == '.' && map_.decimal != '.') {
                return fail(ErrorCode::bad_input, "'" + text +
                                                      "' has a point, and the decimal is '" +
                                                      std::string{map_.decimal} + "'");
            }
            plain.push_back(c == map_.decimal ? '.' : c);
        }
        auto amount = parse_money(plain, money_);
        if (!amount)
            return fail(ErrorCode::bad_input, "'" + text + "' (" + amount.error().detail + ")");
        return *amount;
    }

    Result<SignedAmount> amount_of(const std::vector<std::string>& fields) const {
        if (places_.amount && !places_.direction) return money_of(fields[*places_.amount]);
        if (places_.direction) {
            const auto amount = money_of(fields[*places_.amount]);
            if (!amount) return std::unexpected{amount.error()};
            const auto& says = fields[*places_.direction];
            if (says == map_.increases) return *amount;
            if (says == map_.decreases) return SignedAmount{-amount->minor_units()};
            return fail(ErrorCode::bad_input, "'" + says + "' is neither '" + map_.increases +
                                                  "' nor '" + map_.decreases + "'");
        }
        const auto& credit = fields[*places_.credit];
        const auto& debit = fields[*places_.debit];
        if (credit.empty() == debit.empty()) {
            return fail(ErrorCode::bad_input, "either credit or debit must be there");
        }
        if (debit.empty()) return money_of(credit);
        const auto amount = money_of(debit);
        if (!amount) return std::unexpected{amount.error()};
        return SignedAmount{-amount->minor_units()};
    }

    CsvReader csv_;
    const CsvMap& map_;
    const Money& money_;
    std::size_t columns_ = 0;
    Places places_;
};

// Each balance follows from the one before.
Result<void> check_balances(const std::vector<Read>& lines, const Money& money) {
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const SignedAmount expected{lines[i - 1].balance->minor_units() +
                                    lines[i].line.amount.minor_units()};
        if (*lines[i].balance == expected) continue;
        return wrong(lines[i].at, "its balance is " + in_words(*lines[i].balance, money) +
                                      ", with the line before it comes to " +
                                      in_words(expected, money) +
                                      "; is a line missing, or the newest one first?");
    }
    return {};
}

Result<SignedAmount> agreed(const char* name, std::optional<SignedAmount> stated,
                            std::optional<SignedAmount> told, const Money& money) {
    if (!stated && !told) {
        return fail(ErrorCode::bad_input, "the statement has no column of balances; give --" +
                                              std::string{name} +
                                              ", or name the column under csv in the rules file");
    }
    if (stated && told && *stated != *told) {
        return fail(ErrorCode::bad_input, "--" + std::string{name} + " is " +
                                              in_words(*stated, money) + ", the statement says " +
                                              in_words(*told, money));
    }
    return stated ? *stated : *told;
}

std::string_view without_lines(std::string_view text, std::uint64_t count) {
    for (; count > 0 && !text.empty(); --count) {
        const auto end = text.find('\n');
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return text;
}

}  // namespace

Result<OutsideStatement> read_csv_statement(std::string_view text, const CsvMap& map,
                                            const Money& money, const StatedBalances& stated) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    Reader reader{without_lines(text, map.skipped_lines), map, money};
    auto lines = reader.read();
    if (!lines) return std::unexpected{lines.error()};
    if (map.is_newest_first) std::ranges::reverse(*lines);
    std::optional<SignedAmount> first;
    std::optional<SignedAmount> last;
    if (reader.has_balances() && !lines->empty()) {
        if (auto checked = check_balances(*lines, money); !checked) {
            return std::unexpected{checked.error()};
        }
        const auto& front = lines->front();
        first = SignedAmount{front.balance->minor_units() - front.line.amount.minor_units()};
        last = lines->back().balance;
    }
    const auto opening = agreed("opening", stated.opening, first, money);
    if (!opening) return std::unexpected{opening.error()};
    const auto closing = agreed("closing", stated.closing, last, money);
    if (!closing) return std::unexpected{closing.error()};
    OutsideStatement statement{*opening, *closing, {}, 0, {}};
    for (auto& read : *lines) {
        read.line.number = statement.lines.size() + 1;
        statement.last = std::max(statement.last, read.line.day);
        statement.lines.push_back(std::move(read.line));
    }
    return statement;
}

}  // namespace daybook::reconcile

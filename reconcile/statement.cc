#include "reconcile/statement.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace daybook::reconcile {

namespace {

SignedAmount sum_of(const std::vector<Line>& lines) {
    Int128 sum = 0;
    for (const auto& line : lines)
        sum += line.amount.minor_units();
    return SignedAmount{sum};
}

}  // namespace

std::string in_words(SignedAmount amount, const Money& money) {
    return to_decimal(amount, money.scale) + " " + money.asset;
}

Result<SignedAmount> parse_money(std::string_view text, const Money& money) {
    auto digits = text;
    const bool is_negative = digits.starts_with('-');
    if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
    // What a point has behind the asset's digits is nothing as long as it is zeros.
    if (const auto point = digits.find('.'); point != std::string_view::npos) {
        const auto stated = digits.size();
        while (digits.size() > point + 1 + money.scale && digits.ends_with('0'))
            digits.remove_suffix(1);
        if (digits.size() < stated && digits.ends_with('.')) digits.remove_suffix(1);
    }
    const auto amount = parse_decimal(digits, money.scale);
    if (!amount) {
        return fail(ErrorCode::bad_input,
                    "'" + std::string{text} + "' is not an amount with at most " +
                        std::to_string(money.scale) + " digits behind the point");
    }
    if (amount->minor_units() > static_cast<Uint128>(kLineAmountMax)) {
        return fail(ErrorCode::bad_input, "'" + std::string{text} + "' is too large");
    }
    const auto units = static_cast<Int128>(amount->minor_units());
    return SignedAmount{is_negative ? -units : units};
}

std::string in_one_line(std::string_view text) {
    std::string plain;
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (!is_space) {
            plain.push_back(c);
        } else if (!plain.empty() && plain.back() != ' ') {
            plain.push_back(' ');
        }
    }
    if (plain.ends_with(' ')) plain.pop_back();
    return plain;
}

Result<void> check_sum(const OutsideStatement& statement, const Money& money) {
    const Int128 sum = sum_of(statement.lines).minor_units();
    const Int128 expected = statement.opening.minor_units() + sum;
    if (expected == statement.closing.minor_units()) return {};
    return fail(ErrorCode::bad_input,
                "the statement does not add up: opening " + in_words(statement.opening, money) +
                    " and " + std::to_string(statement.lines.size()) + " lines of " +
                    in_words(SignedAmount{sum}, money) + " are " +
                    in_words(SignedAmount{expected}, money) + ", but it closes with " +
                    in_words(statement.closing, money) + " (off by " +
                    in_words(SignedAmount{statement.closing.minor_units() - expected}, money) +
                    "); get it whole, or correct the balances or the column map");
}

Result<OutsideStatement> join(std::vector<OutsideStatement> statements, const Money& money) {
    CHECK_INVARIANT(!statements.empty(), "there is a statement");
    OutsideStatement joined = std::move(statements.front());
    for (std::size_t i = 1; i < statements.size(); ++i) {
        auto& next = statements[i];
        if (next.opening != joined.closing) {
            return fail(ErrorCode::bad_input,
                        "statement " + std::to_string(i + 1) + " opens with " +
                            in_words(next.opening, money) + ", the one before it closes with " +
                            in_words(joined.closing, money) + "; give all of them, in their order");
        }
        for (auto& line : next.lines) {
            line.number = joined.lines.size() + 1;
            joined.lines.push_back(std::move(line));
        }
        joined.closing = next.closing;
        joined.pending += next.pending;
        joined.zeros += next.zeros;
        joined.last = std::max(joined.last, next.last);
    }
    return joined;
}

}  // namespace daybook::reconcile

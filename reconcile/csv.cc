#include "reconcile/csv.h"

#include <algorithm>
#include <array>

namespace daybook::reconcile {

std::unexpected<Error> CsvReader::wrong(const std::string& what) const {
    return fail(ErrorCode::bad_input, "line " + std::to_string(line_) + ", column " +
                                          std::to_string(column_) + ": " + what);
}

bool CsvReader::take(char expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(1);
    return true;
}

bool CsvReader::take_line_end() {
    if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
    if (!take('\n')) return false;
    ++line_;
    return true;
}

Result<std::optional<CsvRecord>> CsvReader::next() {
    while (take_line_end()) {
    }
    if (rest_.empty()) return std::optional<CsvRecord>{};
    CsvRecord record;
    record.line = line_;
    for (column_ = 1;; ++column_) {
        auto text = field();
        if (!text) return std::unexpected{text.error()};
        record.fields.push_back(*std::move(text));
        if (take(separator_)) continue;
        if (rest_.empty() || take_line_end()) return record;
        return wrong("a closing quote must end the field");
    }
}

Result<std::string> CsvReader::field() {
    if (take('"')) return quoted_field();
    const std::array ends{separator_, '\r', '\n', '"'};
    const std::string_view at_end{ends.data(), ends.size()};
    const auto end = std::min(rest_.find_first_of(at_end), rest_.size());
    std::string text{rest_.substr(0, end)};
    rest_.remove_prefix(end);
    if (rest_.starts_with('"')) return wrong("a quote inside a field that is not quoted");
    if (rest_.starts_with('\r') && !rest_.starts_with("\r\n"))
        return wrong("a lone carriage return");
    return text;
}

Result<std::string> CsvReader::quoted_field() {
    std::string text;
    const std::size_t begun = line_;
    for (;;) {
        const auto quote = rest_.find('"');
        if (quote == std::string_view::npos) {
            line_ = begun;
            return wrong("the quoted field does not end");
        }
        const auto part = rest_.substr(0, quote);
        line_ += static_cast<std::size_t>(std::ranges::count(part, '\n'));
        text += part;
        rest_.remove_prefix(quote + 1);
        if (!take('"')) return text;
        text.push_back('"');
    }
}

}  // namespace daybook::reconcile

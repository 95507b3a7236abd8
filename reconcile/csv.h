// CsvReader: delimiter-separated values by the rules of RFC 4180: fields may be quoted, a quote
// inside one is doubled, lines end with LF or CRLF.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace daybook::reconcile {

struct CsvRecord {
    std::size_t line = 0;  // where it starts, from 1
    std::vector<std::string> fields;
};

class CsvReader {
public:
    // `text` must outlive the reader. Its first line is counted as `line`.
    CsvReader(std::string_view text, char separator, std::size_t line = 1)
        : rest_{text}, separator_{separator}, line_{line} {}

    // Nothing at the end of the text. Empty lines are skipped. `bad_input` names line and column.
    Result<std::optional<CsvRecord>> next();

private:
    Result<std::string> field();
    Result<std::string> quoted_field();
    bool take(char expected);
    bool take_line_end();
    std::unexpected<Error> wrong(const std::string& what) const;

    std::string_view rest_;
    char separator_;
    std::size_t line_;
    std::size_t column_ = 1;  // of the field being read
};

}  // namespace daybook::reconcile

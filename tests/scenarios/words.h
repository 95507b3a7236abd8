// A line of a scenario as words, and a cursor that reads typed things off their front.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/amount.h"

namespace daybook::scenarios {

// Splits at blanks; "quoted text" is one word (escapes: \n \" \\ \xNN). `#` alone or at the start
// of a line begins a comment. The error says what is wrong.
std::expected<std::vector<std::string>, std::string> split_words(std::string_view line);

// Reading past the end or a word of the wrong form sets `error`; later reads keep the first error.
class Words {
public:
    explicit Words(std::vector<std::string> words) : words_{std::move(words)} {}

    bool is_at_end() const { return next_ == words_.size(); }
    const std::string& error() const { return error_; }
    bool has_failed() const { return !error_.empty(); }
    void fail(const std::string& why) {
        if (error_.empty()) error_ = why;
    }

    std::string word(std::string_view what);
    // True, and the word is taken, when it comes next.
    bool take(std::string_view word);

    std::uint64_t number(std::string_view what);
    Amount amount(std::string_view what);
    SignedAmount signed_amount(std::string_view what);

private:
    std::vector<std::string> words_;
    std::size_t next_ = 0;
    std::string error_;
};

}  // namespace daybook::scenarios

// Answer: what goes back: status, header fields, body. Private to http/'s sources.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/seq.h"

namespace daybook::http {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kProblemJson = "application/problem+json";

// Events are wanted instead of a body; stream.h writes them.
struct StreamWanted {
    bool are_heads = false;
    std::optional<Seq> from;          // none: from the head on
    std::string account_path;         // empty: all records
    unsigned per_second = 0;          // more records are skipped; 0: none is ever
    std::shared_ptr<void> slot = {};  // counts it as open while it lives
};

struct Answer {
    unsigned status = 200;
    std::string_view type = kJson;  // static
    std::string body = {};
    std::string_view fixed_body = {};  // static; goes out if there is any, instead of `body`
    std::vector<std::pair<std::string_view, std::string>> fields = {};  // their names are static
    std::optional<Seq> seq = {};                                        // of the command
    std::optional<Seq> tried_at = {};                                   // the head, if refused
    bool is_replay = false;
    std::string_view code = {};  // of the problem; static
    std::string fault = {};      // of a 500: why, for the log alone
    bool closes = false;         // the connection
    std::optional<StreamWanted> stream = {};

    Answer& with(std::string_view name, std::string value) {
        fields.emplace_back(name, std::move(value));
        return *this;
    }
};

// The reason phrase of RFC 9110.
std::string_view phrase_of(unsigned status);

}  // namespace daybook::http

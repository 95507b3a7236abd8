// Problem: the one maker of error bodies (RFC 9457). Private to http/'s sources.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/answer.h"
#include "json/fields.h"
#include "json/line.h"
#include "ledger/outcome.h"

namespace daybook::http {

enum class Retry : std::uint8_t { never, same_key, new_key, after };

class Problem {
public:
    // One of the codes of this file's table, or of ledger/outcome.h. What it says is constant;
    // `detail`, if there is any, says more.
    explicit Problem(std::string_view code, std::string detail = {});
    // A Rejection, Refusal or Malformation.
    explicit Problem(std::uint16_t code, std::string detail = {});

    // Of a command that was rejected.
    Problem& with_seq(Seq seq);
    // Writes members of the case into the body's object.
    Problem& with(const std::function<void(json::Line&)>& write);
    Problem& with_field(std::string_view name, std::string value);
    Problem& retry_after(unsigned seconds);
    Problem& as_replay(bool is_replay);
    // Of `internal`: for the log, not for the body.
    Problem& because(std::string fault);

    Answer answer() const;

private:
    std::string_view code_;
    unsigned status_ = 500;
    Retry retry_ = Retry::same_key;
    std::string title_;
    std::string detail_;
    std::string members_;  // `,"name":value` each
    Answer answer_;
};

// What is wrong with a body, by JSON pointers.
Problem bad_fields(const std::vector<json::Problem>& problems);
// Why nothing could be read or sent.
Problem problem_of(const Error& error);

}  // namespace daybook::http

// LineSource: the lines of a file or of standard input, as they come.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daybook::cli {

class LineSource {
public:
    // `-` is standard input. `not_found`, or `no_permission`.
    static Result<LineSource> open(const std::string& path);
    ~LineSource();
    LineSource(LineSource&& other) noexcept;
    LineSource& operator=(LineSource&&) = delete;
    LineSource(const LineSource&) = delete;
    LineSource& operator=(const LineSource&) = delete;

    // The next line without its end, valid until the next call; nothing after the last. Waits for
    // it. `bad_input` for one that is longer than a mebibyte.
    Result<std::optional<std::string_view>> next();
    // True if `next` would not wait.
    bool has_line() const;

    // Of the line last returned, from 1.
    std::size_t line_number() const { return line_number_; }
    // As it is called in messages.
    const std::string& name() const { return name_; }

private:
    LineSource(int fd, std::string name) : fd_{fd}, name_{std::move(name)} {}
    Result<void> fill();

    int fd_ = -1;
    std::string name_;
    std::string buffer_;
    std::size_t start_ = 0;  // of the next line in the buffer
    std::size_t line_number_ = 0;
    bool is_at_end_ = false;
};

}  // namespace daybook::cli

// LineReader: the lines of a file, read in large pieces. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daybook::exports {

class LineReader {
public:
    // `not_found` or `no_permission` when it cannot be opened.
    static Result<LineReader> open(const std::filesystem::path& path);
    ~LineReader();
    LineReader(LineReader&& other) noexcept;
    LineReader& operator=(LineReader&&) = delete;
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    // The next line without its end (LF), valid until the next call; nothing at the end of the
    // file. `bad_input` when a line is longer than 64 MiB or the last one has no end.
    Result<std::optional<std::string_view>> next();
    // Of the line read last, from 1.
    std::uint64_t line() const { return line_; }

private:
    LineReader(std::filesystem::path path, int fd);
    // False at the end of the file.
    Result<bool> read_more();

    std::filesystem::path path_;
    int fd_;
    std::string piece_;
    std::size_t begin_ = 0;  // of what has not been given out
    std::uint64_t line_ = 0;
};

}  // namespace daybook::exports

// OutputFile: a new file, written and hashed in large pieces by a thread of its own while the
// owner's thread fills the next piece.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace daybook::exports {

struct WrittenFile {
    std::string name;
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
    Hash256 sha256;
    friend bool operator==(const WrittenFile&, const WrittenFile&) = default;
};

class OutputFile {
public:
    // `cannot_create` when it is there already, or cannot be made.
    static Result<std::unique_ptr<OutputFile>> create(const std::filesystem::path& path);
    // What is not finished is left as it is; its directory is thrown away.
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    OutputFile(OutputFile&&) = delete;
    OutputFile& operator=(OutputFile&&) = delete;

    // Append to it, and call `pass_on` after each record.
    std::string& text() { return text_; }
    // Hands the text over when there is a piece of it. An error of an earlier piece is told now.
    Result<void> pass_on() { return text_.size() < kPieceBytes ? Result<void>{} : hand_over(); }

    // Everything is written and synced when it returns. Call once.
    Result<WrittenFile> finish();

private:
    class Impl;
    explicit OutputFile(std::unique_ptr<Impl> impl);
    Result<void> hand_over();

    static constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

    std::string text_;
    std::unique_ptr<Impl> impl_;
};

// SHA-256 of everything in `file`, its size and its lines. `not_found` when it cannot be opened.
Result<WrittenFile> read_whole(const std::filesystem::path& path);

}  // namespace daybook::exports

// Damage: a file in memory and on disk, damaged in one way at a time and mended again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/random.h"

namespace daybook::rot {

class File {
public:
    // Reads it. Of an LMDB file only what is in use.
    static std::optional<File> open(const std::filesystem::path& path, bool is_lmdb);

    const std::vector<std::byte>& content() const { return content_; }
    std::size_t piece_bytes() const { return piece_bytes_; }  // what disks and LMDB move at once
    std::size_t pieces() const { return (content_.size() + piece_bytes_ - 1) / piece_bytes_; }

    void write(std::size_t at, const std::byte* bytes, std::size_t size);
    void cut(std::size_t length);
    // As it was, wherever it was changed by this or by others.
    void mend();

private:
    std::filesystem::path path_;
    std::vector<std::byte> content_;
    std::size_t length_ = 0;
    std::size_t piece_bytes_ = 4096;
};

// Each does one thing to the file and says what.
class Vandal {
public:
    // `stale`: what the file was like earlier.
    Vandal(File& file, std::vector<std::byte> stale, std::uint64_t seed)
        : file_{file}, stale_{std::move(stale)}, random_{seed} {}

    // Most often a single bit.
    std::string do_anything();
    std::string flip_bit(std::size_t bit);

private:
    std::string zero_piece();
    std::string swap_pieces(bool only_copies);
    std::string bring_back();
    std::string truncate();
    std::size_t some_piece() { return random_.below(file_.pieces()); }

    File& file_;
    std::vector<std::byte> stale_;
    bench::Random random_;
};

}  // namespace daybook::rot

// File: an open file of the snapshot. Section: a part of it that is written or read from its start
// to its end, through a buffer, with a checksum over all of it. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

struct XXH3_state_s;

namespace daybook::state {

std::uint64_t checksum_of(Bytes bytes);

class File {
public:
    // Mode 0600; one that is there is emptied.
    static Result<File> create(const std::filesystem::path& path);
    // `not_found` when it is not there.
    static Result<File> open(const std::filesystem::path& path);
    ~File();
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    Result<std::uint64_t> size() const;
    // All of it or an error; `damaged` when the file ends before.
    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const;
    Result<void> write(std::uint64_t offset, Bytes bytes);
    // Starts writing out what was written, so that `sync` has less to wait for.
    void write_out(std::uint64_t offset, std::uint64_t size);
    // What was written is durable when it returns a value.
    Result<void> sync();

    const std::filesystem::path& path() const { return path_; }

private:
    File(std::filesystem::path path, int fd) : path_{std::move(path)}, fd_{fd} {}
    std::unexpected<Error> system_error(int code, const char* doing) const;

    std::filesystem::path path_;
    int fd_ = -1;
};

class Checksum {
public:
    Checksum();
    void add(Bytes bytes);
    std::uint64_t value() const;

private:
    struct Freer {
        void operator()(XXH3_state_s* state) const;
    };
    std::unique_ptr<XXH3_state_s, Freer> state_;
};

class SectionWriter {
public:
    // `file` must outlive it.
    SectionWriter(File& file, std::uint64_t offset);

    Result<void> append(Bytes bytes);
    // Zeros up to the next multiple of 8.
    Result<void> pad();
    // Writes what is buffered.
    Result<void> flush();

    std::uint64_t size() const { return written_ + buffer_.size(); }
    // Of everything flushed.
    std::uint64_t checksum() const { return checksum_.value(); }

private:
    File* file_;
    std::uint64_t offset_;
    std::uint64_t written_ = 0;
    std::vector<std::byte> buffer_;
    Checksum checksum_;
};

class SectionReader {
public:
    // `file` must outlive it.
    SectionReader(const File& file, std::uint64_t offset, std::uint64_t size);

    // The next `size` bytes, at most 1 MiB; valid until the next call. `damaged` past the end.
    Result<Bytes> read(std::size_t size);
    template <typename Row>
    Result<void> read_row(Row& row) {
        const auto bytes = read(sizeof row);
        if (!bytes) return std::unexpected{bytes.error()};
        std::memcpy(&row, bytes->data(), sizeof row);
        return {};
    }

    std::uint64_t left() const { return left_ + (buffer_.size() - next_); }
    bool is_at_end() const { return left() == 0; }
    // Of everything, once it has been read.
    std::uint64_t checksum() const { return checksum_.value(); }

private:
    const File* file_;
    std::uint64_t offset_;
    std::uint64_t left_;  // of it not yet in the buffer
    std::vector<std::byte> buffer_;
    std::size_t next_ = 0;
    Checksum checksum_;
};

}  // namespace daybook::state

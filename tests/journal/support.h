// What the journal's tests share: a directory that goes away, blocks of known records, and children
// that may die.
#pragma once

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "journal/block.h"
#include "journal/environment.h"
#include "journal/reader.h"
#include "journal/writer.h"

namespace daybook::journal::test {

namespace fs = std::filesystem;

inline constexpr Id128 kBook{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
inline constexpr Stamp kStamp{1'772'366'400'000'000'000};

// A place for one journal, removed with everything in it.
class Place {
public:
    Place() {
        std::string pattern = (fs::temp_directory_path() / "daybook_journal_XXXXXX").string();
        root_ = mkdtemp(pattern.data());
    }
    ~Place() {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place(Place&&) = delete;
    Place& operator=(Place&&) = delete;

    const fs::path& root() const { return root_; }
    fs::path journal() const { return root_ / "journal"; }
    fs::path data() const { return journal() / "data.mdb"; }

private:
    fs::path root_;
};

template <typename T>
T must(Result<T> result) {
    if (!result) FAIL(result.error().detail);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <typename T>
Error error_of(const Result<T>& result) {
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

inline void create(const Place& place) {
    must(Environment::create(place.journal(), kBook, kStamp));
}

inline std::shared_ptr<Environment> open(const Place& place, Access access = Access::read_write) {
    return must(Environment::open(place.journal(), access));
}

// A record says its Seq over and over; sizes differ.
inline std::size_t size_of_record(Seq seq) {
    return 8 * (1 + seq.value() % 50);
}

inline std::vector<std::byte> record_of(Seq seq) {
    std::vector<std::byte> record(size_of_record(seq));
    for (std::size_t i = 0; i < record.size(); i += 8) {
        const std::uint64_t word = seq.value() * 1'000 + i;
        std::memcpy(record.data() + i, &word, sizeof word);
    }
    return record;
}

inline void fill(BlockBuilder& block, Seq first, std::size_t count, Stamp stamp = kStamp) {
    block.begin(first, stamp);
    for (std::size_t i = 0; i < count; ++i) {
        const auto record = record_of(first.plus(i));
        std::memcpy(block.append(record.size()).data(), record.data(), record.size());
    }
}

inline BlockInfo append(Writer& writer, std::size_t count) {
    BlockBuilder block{1 << 12};
    fill(block, writer.head().last_seq().next(), count, writer.head().stamp);
    return must(writer.append(block));
}

// Makes a journal of `blocks` blocks with 1, 2, 3 … records each.
inline void create_with_blocks(const Place& place, std::size_t blocks) {
    create(place);
    const auto writer = must(Writer::open(open(place)));
    for (std::size_t i = 1; i <= blocks; ++i)
        append(*writer, i);
}

inline bool holds(Bytes stored, const std::vector<std::byte>& expected) {
    return std::ranges::equal(stored, expected);
}

// Runs `body` in a child, silently, and returns its wait status. The child exits 0 if `body`
// returns true; no destructor of the parent's objects runs in it.
inline int status_of_child(const std::function<bool()>& body) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(9);
        std::signal(SIGABRT, SIG_DFL);  // Catch2 would report it
        _exit(body() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return status;
}

inline bool is_success(int status) {
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
inline bool is_abort(int status) {
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace daybook::journal::test

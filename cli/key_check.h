// KeyCheck: whether a key was bound twice. Gathers 16 bytes a record, in memory while they are few,
// then in a temporary file without a name; sorts them piece by piece at the end. So its memory does
// not grow with the number of keys: 16 MiB, and 1/256 of the file while it is sorted. One thread at
// a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/numbers.h"
#include "state/key_hash.h"

namespace daybook::cli {

class KeyCheck {
public:
    struct Twice {
        Seq first;
        Seq again;
    };
    // Whether the records of two Seqs have the same key and producer.
    using AreSame = std::function<Result<bool>(Seq first, Seq second)>;

    // The file, if it needs one, goes to `directory`; empty: where temporary files go (TMPDIR).
    explicit KeyCheck(std::filesystem::path directory = {});
    ~KeyCheck();
    KeyCheck(const KeyCheck&) = delete;
    KeyCheck& operator=(const KeyCheck&) = delete;
    KeyCheck(KeyCheck&&) = delete;
    KeyCheck& operator=(KeyCheck&&) = delete;

    // In the order of the Seqs. `cannot_create` when the file has no room.
    Result<void> add(const Id128& key, ProducerId producer, Seq seq);

    // The first record up to `until` whose key one before it had. Hashes only suggest: `are_same`
    // decides.
    Result<std::optional<Twice>> first_twice(Seq until, const AreSame& are_same) const;

private:
    struct Item {
        std::uint64_t hash = 0;
        std::uint64_t seq = 0;
    };
    static_assert(sizeof(Item) == 16);
    static constexpr std::size_t kParts = 256;  // by the upper 8 bits of the hash
    static constexpr std::size_t kPieceItems = 4096;

    struct Part {
        std::vector<Item> items;             // not in the file yet
        std::vector<std::uint64_t> offsets;  // of its pieces in the file
    };

    Result<void> open_file();
    Result<void> spill(Part& part);
    Result<std::vector<Item>> load(const Part& part) const;
    static Result<void> look(const std::vector<Item>& items, Seq until, const AreSame& are_same,
                             std::optional<Twice>& earliest);

    std::filesystem::path directory_;
    state::KeyHash hash_;
    std::array<Part, kParts> parts_;
    int file_ = -1;
    std::uint64_t file_bytes_ = 0;
};

}  // namespace daybook::cli

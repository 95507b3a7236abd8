#include "proof/proof_bytes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "journal/sha256.h"

namespace daybook::proof {

namespace {

using journal::BlockInfo;
using Word = std::array<std::byte, 8>;

// More blocks than there will be, so that a forged number cannot ask for more than a path.
constexpr std::uint64_t kBlocksMax = std::uint64_t{1} << 62;

class Writer {
public:
    // Most bytes of numbers and records are zeros: one byte says which are not, then these.
    void packed(std::span<const std::byte, 8> word) {
        unsigned present = 0;
        for (unsigned i = 0; i < word.size(); ++i)
            present |= (word[i] != std::byte{} ? 1U : 0U) << i;
        bytes_.push_back(static_cast<std::byte>(present));
        std::ranges::copy_if(word, std::back_inserter(bytes_),
                             [](std::byte byte) { return byte != std::byte{}; });
    }
    void number(std::uint64_t value) { packed(std::bit_cast<Word>(value)); }
    void hash(const Hash256& value) {
        std::ranges::copy(std::as_bytes(std::span{value.bytes}), std::back_inserter(bytes_));
    }
    void path(const Path& value) {
        for (const Hash256& one : value)
            hash(one);
    }
    // Records are of whole words.
    void record(Bytes value) {
        for (; value.size() >= 8; value = value.subspan(8))
            packed(value.first<8>());
    }
    // Of a head, whose last Seq is named.
    void numbers(const BlockInfo& block) {
        number(block.record_count);
        number(static_cast<std::uint64_t>(block.stamp.nanoseconds()));
        number(block.payload_bytes);
    }
    std::vector<std::byte> end() { return std::move(bytes_); }

private:
    std::vector<std::byte> bytes_;
};

class Reader {
public:
    explicit Reader(Bytes bytes) : rest_{bytes} {}

    bool is_sound() const { return is_sound_; }
    bool is_at_end() const { return rest_.empty(); }

    Word packed() {
        Word word{};
        const auto present = std::to_integer<unsigned>(take());
        for (unsigned i = 0; i < word.size(); ++i) {
            if ((present >> i & 1U) != 0) word[i] = take();
        }
        return word;
    }
    std::uint64_t number() { return std::bit_cast<std::uint64_t>(packed()); }
    Hash256 hash() {
        Hash256 value;
        for (auto& byte : value.bytes)
            byte = std::to_integer<std::uint8_t>(take());
        return value;
    }
    // From leaf `index` of so many.
    Path path(std::uint64_t index, std::uint64_t count) {
        Path path;
        if (index >= count || count > kBlocksMax) {
            is_sound_ = false;
            return path;
        }
        for (auto left = inclusion_ranges(index, count).size(); left > 0 && is_sound_; --left)
            path.push_back(hash());
        return path;
    }
    std::vector<std::byte> record() {
        std::vector<std::byte> record;
        while (is_sound_ && !is_at_end())
            std::ranges::copy(packed(), std::back_inserter(record));
        return record;
    }
    void numbers(BlockInfo& block) {
        const std::uint64_t count = number();
        block.record_count = static_cast<std::uint32_t>(count);
        is_sound_ = is_sound_ && count == block.record_count;
        block.stamp = Stamp{static_cast<std::int64_t>(number())};
        block.payload_bytes = number();
    }

private:
    std::byte take() {
        if (rest_.empty()) {
            is_sound_ = false;
            return {};
        }
        const std::byte first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }

    Bytes rest_;
    bool is_sound_ = true;
};

// Its last Seq is known; how many records it has, too.
void name(BlockInfo& block, const Id128& book, const HeadName& named) {
    block.book = book;
    block.first_seq = Seq{named.last_seq.value() - block.record_count + 1};
    block.hash = named.hash;
}

}  // namespace

std::vector<std::byte> bytes_of(const Inclusion& proof) {
    const BlockInfo& block = proof.block;
    const bool is_head = block.number == proof.head.number;
    Writer writer;
    writer.number(proof.head.number);
    writer.numbers(proof.head);
    writer.number(block.number);
    writer.number(proof.seq.value() - block.first_seq.value());
    if (!is_head) writer.numbers(block);
    writer.hash(block.previous);
    writer.hash(block.history_root);
    writer.path(proof.record_path);
    if (!is_head) {
        writer.hash(proof.head.previous);
        writer.hash(proof.head.payload_root);
        writer.path(proof.block_path);
    }
    writer.record(proof.record);
    return writer.end();
}

std::optional<Inclusion> inclusion_in(Bytes bytes, const Id128& book, Seq seq,
                                      const HeadName& named) {
    Inclusion proof{};
    Reader reader{bytes};
    BlockInfo& head = proof.head;
    BlockInfo& block = proof.block;
    proof.seq = seq;
    head.number = reader.number();
    reader.numbers(head);
    name(head, book, named);
    block.number = reader.number();
    const std::uint64_t place = reader.number();
    const bool is_head = block.number == head.number;
    if (is_head) {
        block = head;
    } else {
        reader.numbers(block);
        block.book = book;
        block.first_seq = Seq{seq.value() - place};
    }
    if (block.first_seq.value() + place != seq.value()) return std::nullopt;
    block.previous = reader.hash();
    block.history_root = reader.hash();
    proof.record_path = reader.path(place, block.record_count);
    if (!is_head) {
        head.previous = reader.hash();
        head.payload_root = reader.hash();
        proof.block_path = reader.path(block.number, head.number);
    }
    proof.record = reader.record();
    if (!reader.is_sound()) return std::nullopt;

    const auto leaf = journal::hash_of(journal::HashDomain::leaf, proof.record);
    block.payload_root =
        root_of(leaf, place, block.record_count, proof.record_path).value_or(Hash256{});
    if (is_head) {
        head = block;
        return proof;
    }
    block.hash = hash_of(block);
    head.history_root =
        root_of(leaf_of(block), block.number, head.number, proof.block_path).value_or(Hash256{});
    return proof;
}

std::vector<std::byte> bytes_of(const Consistency& proof) {
    const BlockInfo& old_head = proof.old_head;
    const bool is_head = old_head.number == proof.head.number;
    Writer writer;
    writer.number(proof.head.number);
    writer.numbers(proof.head);
    writer.number(old_head.number);
    if (!is_head) writer.numbers(old_head);
    writer.hash(old_head.previous);
    writer.hash(old_head.payload_root);
    if (is_head) {
        writer.hash(old_head.history_root);
    } else {
        writer.hash(proof.head.previous);
        writer.hash(proof.head.payload_root);
        writer.path(proof.old_path);
    }
    return writer.end();
}

std::optional<Consistency> consistency_in(Bytes bytes, const Id128& book, const HeadName& old_named,
                                          const HeadName& named) {
    Consistency proof{};
    Reader reader{bytes};
    BlockInfo& head = proof.head;
    BlockInfo& old_head = proof.old_head;
    head.number = reader.number();
    reader.numbers(head);
    name(head, book, named);
    old_head.number = reader.number();
    const bool is_head = old_head.number == head.number;
    if (is_head) {
        old_head = head;
    } else {
        reader.numbers(old_head);
    }
    name(old_head, book, old_named);
    old_head.previous = reader.hash();
    old_head.payload_root = reader.hash();
    if (is_head) {
        old_head.history_root = reader.hash();
        head = old_head;
        head.hash = named.hash;
    } else {
        head.previous = reader.hash();
        head.payload_root = reader.hash();
        proof.old_path = reader.path(old_head.number, head.number);
        const auto before = root_before(old_head.number, head.number, proof.old_path);
        const auto all = root_of(leaf_of(old_head), old_head.number, head.number, proof.old_path);
        old_head.history_root = before.value_or(Hash256{});
        head.history_root = all.value_or(Hash256{});
    }
    if (!reader.is_sound() || !reader.is_at_end()) return std::nullopt;
    return proof;
}

}  // namespace daybook::proof

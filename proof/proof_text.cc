#include "proof/proof_text.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "json/line.h"
#include "json/value.h"

namespace daybook::proof {

namespace {

using journal::BlockInfo;
using json::Value;

constexpr std::string_view kInclusion = "inclusion 1";
constexpr std::string_view kConsistency = "consistency 1";
// A record is at most 64 KiB of command and 1,024 touches; a path has at most 64 hashes.
constexpr std::size_t kTextBytesMax = std::size_t{1} << 20;

std::string text_of(const BlockInfo& block) {
    json::Line line;
    line.begin_object()
        .text("book", to_hex(block.book.bytes))
        .big("number", block.number)
        .big("first_seq", block.first_seq)
        .big("last_seq", block.last_seq())
        .small("records", block.record_count)
        .signed_big("stamp_ns", block.stamp.nanoseconds())
        .big("payload_bytes", block.payload_bytes)
        .text("previous", to_hex(block.previous.bytes))
        .text("payload_root", to_hex(block.payload_root.bytes))
        .text("history_root", to_hex(block.history_root.bytes))
        .text("hash", to_hex(block.hash.bytes))
        .end_object();
    return line.str();
}

// A field a line.
class Text {
public:
    explicit Text(std::string_view kind) { add("proof", quoted(kind)); }

    Text& add(std::string_view name, std::string_view json) {
        text_ += text_.empty() ? "{\n  \"" : ",\n  \"";
        text_ += name;
        text_ += "\": ";
        text_ += json;
        return *this;
    }
    Text& add(std::string_view name, const Path& path) {
        std::string list = "[";
        for (const Hash256& hash : path) {
            list += list.size() == 1 ? "\n    " : ",\n    ";
            list += quoted(to_hex(hash.bytes));
        }
        return add(name, list + "]");
    }
    static std::string quoted(std::string_view text) { return '"' + std::string{text} + '"'; }
    std::string end() { return text_ + "\n}\n"; }

private:
    std::string text_;
};

// Takes values out of an object; says afterwards whether all were there.
class Taker {
public:
    explicit Taker(const Value& object) : object_{object} {}

    bool is_sound() const { return is_sound_; }

    std::string_view text(std::string_view name) {
        const auto* found = of_kind(name, Value::Kind::text);
        return found == nullptr ? std::string_view{} : std::string_view{found->text};
    }
    template <typename Integer>
    Integer integer(std::string_view name, Value::Kind kind = Value::Kind::text) {
        const auto* found = of_kind(name, kind);
        const std::string_view digits = found == nullptr ? std::string_view{} : found->text;
        Integer value = 0;
        const auto [end, problem] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        note(problem == std::errc{} && end == digits.data() + digits.size());
        return value;
    }
    Hash256 hash(std::string_view name) { return hash_in(text(name)); }
    Id128 id(std::string_view name) {
        const auto parsed = parse_id128(text(name));
        note(parsed.has_value());
        return parsed.value_or(Id128{});
    }
    Path path(std::string_view name) {
        const auto* found = of_kind(name, Value::Kind::list);
        Path path;
        if (found == nullptr) return path;
        for (const Value& item : found->items) {
            note(item.kind == Value::Kind::text);
            path.push_back(hash_in(item.text));
        }
        return path;
    }
    BlockInfo block(std::string_view name) {
        const auto* found = of_kind(name, Value::Kind::object);
        if (found == nullptr) return {};
        Taker of{*found};
        const BlockInfo block{
            .number = of.integer<std::uint64_t>("number"),
            .first_seq = Seq{of.integer<std::uint64_t>("first_seq")},
            .record_count = of.integer<std::uint32_t>("records", Value::Kind::number),
            .stamp = Stamp{of.integer<std::int64_t>("stamp_ns")},
            .payload_bytes = of.integer<std::uint64_t>("payload_bytes"),
            .book = of.id("book"),
            .previous = of.hash("previous"),
            .payload_root = of.hash("payload_root"),
            .history_root = of.hash("history_root"),
            .hash = of.hash("hash")};
        note(of.is_sound());
        return block;
    }
    // Two hexadecimal digits a byte.
    std::vector<std::byte> bytes(std::string_view name) {
        const std::string_view digits = text(name);
        std::vector<std::byte> bytes(digits.size() / 2);
        note(digits.size() % 2 == 0);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const char* const at = digits.data() + 2 * i;
            std::uint8_t value = 0;
            const auto [end, problem] = std::from_chars(at, at + 2, value, 16);
            note(problem == std::errc{} && end == at + 2);
            bytes[i] = std::byte{value};
        }
        return bytes;
    }

private:
    const Value* of_kind(std::string_view name, Value::Kind kind) {
        const auto* found = object_.find(name);
        const bool is_there = found != nullptr && found->kind == kind;
        note(is_there);
        return is_there ? found : nullptr;
    }
    Hash256 hash_in(std::string_view digits) {
        const auto parsed = parse_hash256(digits);
        note(parsed.has_value());
        return parsed.value_or(Hash256{});
    }
    void note(bool is_right) { is_sound_ = is_sound_ && is_right; }

    const Value& object_;
    bool is_sound_ = true;
};

std::optional<Proof> proof_in(const Value& object) {
    Taker of{object};
    const std::string_view kind = of.text("proof");
    std::optional<Proof> proof;
    if (kind == kInclusion) {
        proof = Inclusion{.seq = Seq{of.integer<std::uint64_t>("seq")},
                          .record = of.bytes("record"),
                          .record_path = of.path("record_path"),
                          .block = of.block("block"),
                          .block_path = of.path("block_path"),
                          .head = of.block("head")};
    } else if (kind == kConsistency) {
        proof = Consistency{.old_head = of.block("old_head"),
                            .old_path = of.path("old_path"),
                            .history_path = of.path("history_path"),
                            .head = of.block("head")};
    }
    return of.is_sound() ? proof : std::nullopt;
}

}  // namespace

std::string to_text(const Inclusion& proof) {
    const auto* const record = reinterpret_cast<const std::uint8_t*>(proof.record.data());
    return Text{kInclusion}
        .add("seq", Text::quoted(std::to_string(proof.seq.value())))
        .add("record", Text::quoted(to_hex({record, proof.record.size()})))
        .add("record_path", proof.record_path)
        .add("block", text_of(proof.block))
        .add("block_path", proof.block_path)
        .add("head", text_of(proof.head))
        .end();
}

std::string to_text(const Consistency& proof) {
    return Text{kConsistency}
        .add("old_head", text_of(proof.old_head))
        .add("old_path", proof.old_path)
        .add("history_path", proof.history_path)
        .add("head", text_of(proof.head))
        .end();
}

Result<Proof> read_proof(std::string_view text) {
    if (text.size() > kTextBytesMax) {
        return fail(ErrorCode::bad_input, "it is too long to be a proof");
    }
    const auto value = json::parse(text);
    if (!value) return fail(value.error(), "it is not a proof");
    auto proof = proof_in(*value);
    if (!proof) {
        return fail(ErrorCode::bad_input,
                    "it is not a proof that this version knows; `daybook prove` writes them");
    }
    const auto written = std::visit([](const auto& found) { return to_text(found); }, *proof);
    if (written != text) {
        return fail(ErrorCode::bad_input,
                    "the proof has been changed since `daybook prove` wrote it");
    }
    return *std::move(proof);
}

}  // namespace daybook::proof

#include "proof/proof_text.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <vector>

#include "json/value.h"
#include "proof/proof_bytes.h"

namespace daybook::proof {

namespace {

using journal::BlockInfo;
using json::Value;

constexpr std::string_view kInclusion = "inclusion 2";
constexpr std::string_view kConsistency = "consistency 2";
// A record is at most 64 KiB of command and 1,024 touches; a path has at most 64 hashes.
constexpr std::size_t kTextBytesMax = std::size_t{1} << 20;
// RFC 4648, without padding: how many bytes there are says the length.
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr unsigned kDigitBits = 6;
constexpr unsigned kByteBits = 8;

std::string to_base64(Bytes bytes) {
    std::string text;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const std::byte byte : bytes) {
        held = held << kByteBits | std::to_integer<std::uint32_t>(byte);
        for (bits += kByteBits; bits >= kDigitBits; bits -= kDigitBits)
            text.push_back(kDigits[held >> (bits - kDigitBits) & 63U]);
    }
    if (bits > 0) text.push_back(kDigits[held << (kDigitBits - bits) & 63U]);
    return text;
}

// What is left over of the last digit is not looked at: the text of the bytes is.
std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
    std::vector<std::byte> bytes;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const auto digit = kDigits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        held = held << kDigitBits | static_cast<std::uint32_t>(digit);
        bits += kDigitBits;
        if (bits < kByteBits) continue;
        bits -= kByteBits;
        bytes.push_back(static_cast<std::byte>(held >> bits));
    }
    return bytes;
}

std::string name_of(const BlockInfo& head) {
    return std::to_string(head.last_seq().value()) + ":" + to_hex(head.hash.bytes);
}

// A field a line.
class Text {
public:
    explicit Text(std::string_view kind) { add("proof", kind); }

    Text& add(std::string_view name, std::string_view value) {
        text_ += text_.empty() ? "{\n  \"" : ",\n  \"";
        text_ += name;
        text_ += "\": \"";
        text_ += value;
        text_ += '"';
        return *this;
    }
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
        const auto* found = object_.find(name);
        const bool is_there = found != nullptr && found->kind == Value::Kind::text;
        note(is_there);
        return is_there ? std::string_view{found->text} : std::string_view{};
    }
    Seq seq(std::string_view name) { return seq_in(text(name)); }
    Id128 id(std::string_view name) {
        const auto parsed = parse_id128(text(name));
        note(parsed.has_value());
        return parsed.value_or(Id128{});
    }
    HeadName head(std::string_view name) {
        const std::string_view stated = text(name);
        const auto colon = stated.find(':');
        note(colon != std::string_view::npos);
        if (colon == std::string_view::npos) return {};
        const auto hash = parse_hash256(stated.substr(colon + 1));
        note(hash.has_value());
        return {seq_in(stated.substr(0, colon)), hash.value_or(Hash256{})};
    }
    std::vector<std::byte> bytes(std::string_view name) {
        auto bytes = from_base64(text(name));
        note(bytes.has_value());
        return bytes ? *std::move(bytes) : std::vector<std::byte>{};
    }

private:
    Seq seq_in(std::string_view digits) {
        std::uint64_t value = 0;
        const auto [end, problem] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        note(problem == std::errc{} && end == digits.data() + digits.size());
        return Seq{value};
    }
    void note(bool is_right) { is_sound_ = is_sound_ && is_right; }

    const Value& object_;
    bool is_sound_ = true;
};

std::optional<Proof> proof_in(const Value& object) {
    Taker of{object};
    const std::string_view kind = of.text("proof");
    const bool is_inclusion = kind == kInclusion;
    if (!is_inclusion && kind != kConsistency) return std::nullopt;
    const Id128 book = of.id("book");
    const HeadName head = of.head("head");
    const auto bytes = of.bytes("bytes");
    const Seq seq = is_inclusion ? of.seq("seq") : Seq{};
    const HeadName old_head = is_inclusion ? HeadName{} : of.head("old_head");
    if (!of.is_sound()) return std::nullopt;
    if (is_inclusion) {
        auto proof = inclusion_in(bytes, book, seq, head);
        return proof ? std::optional<Proof>{*std::move(proof)} : std::nullopt;
    }
    auto proof = consistency_in(bytes, book, old_head, head);
    return proof ? std::optional<Proof>{*std::move(proof)} : std::nullopt;
}

}  // namespace

std::string to_text(const Inclusion& proof) {
    return Text{kInclusion}
        .add("book", to_hex(proof.head.book.bytes))
        .add("seq", std::to_string(proof.seq.value()))
        .add("head", name_of(proof.head))
        .add("bytes", to_base64(bytes_of(proof)))
        .end();
}

std::string to_text(const Consistency& proof) {
    return Text{kConsistency}
        .add("book", to_hex(proof.head.book.bytes))
        .add("old_head", name_of(proof.old_head))
        .add("head", name_of(proof.head))
        .add("bytes", to_base64(bytes_of(proof)))
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

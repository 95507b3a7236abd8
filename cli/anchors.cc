#include "cli/anchors.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "json/value.h"

namespace daybook::cli {

namespace {

constexpr std::size_t kAnchorBytesMax = std::size_t{16} << 20;

std::optional<Seq> parse_seq(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = problem == std::errc{} && end == text.data() + text.size();
    return is_whole ? std::optional{Seq{value}} : std::nullopt;
}

const std::string* text_at(const json::Value& object, std::string_view name) {
    const auto* found = object.find(name);
    const bool is_text = found != nullptr && (found->kind == json::Value::Kind::text ||
                                              found->kind == json::Value::Kind::number);
    return is_text ? &found->text : nullptr;
}

std::optional<Seq> seq_at(const json::Value& object, std::string_view name) {
    const auto* text = text_at(object, name);
    return text == nullptr ? std::nullopt : parse_seq(*text);
}

// The last Seq of a block, as it is described wherever there is JSON of one.
std::optional<Seq> last_seq_of(const json::Value& block) {
    const auto first = seq_at(block, "first_seq");
    const auto records = seq_at(block, "records");
    if (!first || !records) return std::nullopt;
    return Seq{first->value() + records->value() - 1};
}

std::optional<Anchor> anchor_of(const std::string* hash, std::optional<Seq> seq) {
    const auto parsed = hash == nullptr ? std::nullopt : parse_hash256(*hash);
    if (!parsed || !seq) return std::nullopt;
    return Anchor{{}, *parsed, seq, {}};
}

std::optional<Anchor> parse_head(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto seq = parse_seq(text.substr(0, colon));
    const auto hash = parse_hash256(text.substr(colon + 1));
    if (!seq || !hash) return std::nullopt;
    return Anchor{std::string{text}, *hash, *seq, {}};
}

// What `verify` printed says it itself, a proof names it; a manifest and a record describe a block.
std::optional<Anchor> anchor_in(const json::Value& object) {
    auto anchor = anchor_of(text_at(object, "chain_head"), seq_at(object, "head_seq"));
    const auto* head = text_at(object, "head");
    if (!anchor && head != nullptr) anchor = parse_head(*head);
    const json::Value* described = &object;
    for (const std::string_view name : {"last_block", "block"}) {
        const auto* block = object.find(name);
        if (anchor || block == nullptr || block->kind != json::Value::Kind::object) continue;
        anchor = anchor_of(text_at(*block, "hash"), last_seq_of(*block));
        described = block;
    }
    if (!anchor) return anchor;
    const auto* book = text_at(*described, "book");
    if (book == nullptr) book = text_at(object, "book");
    if (book != nullptr) anchor->book = parse_id128(*book);
    return anchor;
}

Result<Anchor> read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return fail(ErrorCode::not_found,
                    "there is no anchor " + path +
                        ": give a block's hash, SEQ:HASH, or a file that can be read");
    }
    std::string text(kAnchorBytesMax, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    const auto value = json::parse(text);
    if (!value) return fail(value.error(), "anchor " + path);
    auto anchor = anchor_in(*value);
    if (anchor) {
        anchor->name = path;
        return *std::move(anchor);
    }
    return fail(
        ErrorCode::bad_input,
        "anchor " + path +
            " has no head of a chain; give what `daybook verify --json` printed, a proof, an "
            "export's manifest, or a line of `daybook tail --json`");
}

}  // namespace

Result<Anchor> read_anchor(const std::string& stated) {
    if (const auto hash = parse_hash256(stated)) return Anchor{stated, *hash, {}, {}};
    if (auto head = parse_head(stated)) return *std::move(head);
    return read_file(stated);
}

Finding AnchorCheck::broken(const Anchor& anchor, std::string what, std::string stored) const {
    const std::string since =
        " (the last seq an anchor vouches for is " + std::to_string(held_.value()) + ")";
    return {
        held_.next(), {}, std::move(what) + since, std::move(stored), to_hex(anchor.hash.bytes)};
}

std::optional<Finding> AnchorCheck::see(const journal::BlockInfo& block) {
    for (std::size_t i = 0; i < anchors_.size();) {
        const Anchor& anchor = anchors_[i];
        if (anchor.book && *anchor.book != block.book) {
            return Finding{Seq{1},
                           {},
                           "anchor " + anchor.name + " is of another book",
                           to_hex(block.book.bytes),
                           to_hex(anchor.book->bytes)};
        }
        if (anchor.hash == block.hash && (!anchor.seq || *anchor.seq == block.last_seq())) {
            held_ = std::max(held_, block.last_seq());
            ++held_count_;
            anchors_.erase(anchors_.begin() + static_cast<std::ptrdiff_t>(i));
            continue;
        }
        if (anchor.seq && *anchor.seq <= block.last_seq()) {
            return broken(
                anchor,
                "the chain's head at seq " + std::to_string(anchor.seq->value()) +
                    " is not that of anchor " + anchor.name,
                *anchor.seq == block.last_seq() ? to_hex(block.hash.bytes) : "inside of a block");
        }
        ++i;
    }
    return std::nullopt;
}

std::optional<Finding> AnchorCheck::end(const journal::BlockInfo& last) const {
    for (const Anchor& anchor : anchors_) {
        if (!anchor.seq) return broken(anchor, "no block is anchor " + anchor.name, "none");
        return Finding{last.last_seq().next(),
                       {},
                       "the journal ends at seq " + std::to_string(last.last_seq().value()) +
                           ", before anchor " + anchor.name,
                       std::to_string(last.last_seq().value()),
                       std::to_string(anchor.seq->value())};
    }
    return std::nullopt;
}

}  // namespace daybook::cli

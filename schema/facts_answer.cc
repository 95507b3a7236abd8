#include "schema/facts_answer.h"

#include <numeric>
#include <span>

#include "schema/answer_front.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::BookSizes) == 64);
static_assert(sizeof(wire::RecentBlock) == 40);

constexpr std::size_t kOutcomesMax = 1000;  // rejections are numbered below the refusals

RecentBlock from_wire(const wire::RecentBlock& stored) {
    return {stored.number(), Seq{stored.first_seq()}, Stamp{stored.stamp()}, stored.payload_bytes(),
            stored.record_count()};
}

std::expected<std::vector<RecentBlock>, Malformation> read_blocks(Bytes rest, std::size_t count) {
    if (rest.size() != count * sizeof(wire::RecentBlock)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    std::vector<RecentBlock> blocks;
    for (; !rest.empty(); rest = rest.subspan(sizeof(wire::RecentBlock))) {
        const auto stored = load<wire::RecentBlock>(rest);
        if (stored.reserved() != 0) return std::unexpected{Malformation::reserved_not_zero};
        blocks.push_back(from_wire(stored));
    }
    return blocks;
}

}  // namespace

std::uint64_t BookFacts::rejected() const {
    return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0}) - accepted();
}

std::vector<std::byte> encode_facts(const MessageHeader& asked, const Id128& book,
                                    const BookFacts& facts) {
    auto message =
        begin_answer(asked, MessageKind::facts_now, book, facts.standing, facts.blocks.size());
    const auto& sizes = facts.sizes;
    const wire::BookSizes stored{
        sizes.assets, sizes.accounts, sizes.open_holds, sizes.reversals, sizes.references, 0, 0, 0};
    append_frame(message, std::as_bytes(std::span{&stored, 1}));
    append_frame(message, std::as_bytes(std::span{facts.outcomes}));
    for (const auto& block : facts.blocks) {
        const std::size_t end = message.size();
        message.resize(end + sizeof(wire::RecentBlock));
        store(std::span{message}.subspan(end),
              wire::RecentBlock{block.number, block.first_seq.value(), block.stamp.nanoseconds(),
                                block.payload_bytes, block.record_count, 0});
    }
    return message;
}

std::expected<BookFacts, Malformation> decode_facts(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::facts_now);
    if (!answer) return std::unexpected{answer.error()};
    const std::size_t blocks_bytes = answer->header.count * sizeof(wire::RecentBlock);
    if (answer->rest.size() < blocks_bytes) return std::unexpected{Malformation::bad_bytes};
    FrameReader frames{answer->rest.first(answer->rest.size() - blocks_bytes)};
    const auto sizes = frames.next();
    if (!sizes) return std::unexpected{sizes.error()};
    const auto outcomes = frames.next();
    if (!outcomes) return std::unexpected{outcomes.error()};
    if (!frames.is_at_end() || sizes->size() != sizeof(wire::BookSizes) ||
        outcomes->size() % sizeof(std::uint64_t) != 0 ||
        outcomes->size() > kOutcomesMax * sizeof(std::uint64_t)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    auto blocks = read_blocks(answer->rest.last(blocks_bytes), answer->header.count);
    if (!blocks) return std::unexpected{blocks.error()};
    const auto stored = load<wire::BookSizes>(*sizes);
    BookFacts facts{answer->standing,
                    {stored.assets(), stored.accounts(), stored.open_holds(), stored.reversals(),
                     stored.references()},
                    {},
                    *std::move(blocks)};
    for (Bytes rest = *outcomes; !rest.empty(); rest = rest.subspan(sizeof(std::uint64_t)))
        facts.outcomes.push_back(load<std::uint64_t>(rest));
    return facts;
}

}  // namespace daybook::schema

#include "journal/chain.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <span>

#include "journal/lmdb_txn.h"
#include "journal/reader.h"

namespace daybook::journal {

namespace {

using MonotonicClock = std::chrono::steady_clock;

// Pages a snapshot can see cannot be reused by the writer meanwhile.
constexpr std::chrono::seconds kPinnedMax{1};

std::optional<Damage> difference(Seq seq, const char* what, std::string stored,
                                 std::string recomputed) {
    if (stored == recomputed) return std::nullopt;
    return Damage{seq, what, std::move(stored), std::move(recomputed)};
}

std::string text_of(Stamp stamp) {
    return std::to_string(stamp.nanoseconds());
}

}  // namespace

Error error_of(const BlockInfo& block, const Damage& damage) {
    std::string detail = "block " + std::to_string(block.number) + ", at Seq " +
                         std::to_string(damage.seq.value()) + ": " + damage.what;
    if (!damage.stored.empty()) {
        detail += ", " + damage.stored + " instead of " + damage.recomputed;
    }
    return {ErrorCode::damaged, std::move(detail)};
}

ChainCheck::ChainCheck(const BlockView& head)
    : book_{head.info().book}, last_{head.info()}, history_{head.info().number, head.peaks()} {
    history_.add(std::as_bytes(std::span{last_.hash.bytes}));
}

// What the key and the number say about where the block belongs.
std::optional<Damage> ChainCheck::check_place(std::uint64_t key, const BlockInfo& block) const {
    const Seq next = next_seq();
    const std::uint64_t place = block_count() == 0 ? 0 : next.value();
    if (key != place) {
        // Of a Seq that two blocks claim neither can be relied on.
        return Damage{std::min(next, Seq{std::max<std::uint64_t>(key, 1)}), "the block's key",
                      std::to_string(key), std::to_string(place)};
    }
    if (auto found = difference(next, "the block's number", std::to_string(block.number),
                                std::to_string(block_count()))) {
        return found;
    }
    return difference(next, "the block's first seq", std::to_string(block.first_seq.value()),
                      std::to_string(next.value()));
}

// What ties it to the blocks before.
std::optional<Damage> ChainCheck::check_links(const BlockView& view) const {
    const BlockInfo& block = view.info();
    // A fork begins behind a block of another book.
    const Hash256& before = view.origin() ? view.origin()->block : last_.hash;
    const Seq next = next_seq();
    if (auto found =
            difference(next, "the block's book", to_hex(block.book.bytes), to_hex(book_.bytes))) {
        return found;
    }
    if (auto found = difference(next, "the hash of the block before", to_hex(block.previous.bytes),
                                to_hex(before.bytes))) {
        return found;
    }
    if (block_count() != 0 && block.stamp < last_.stamp) {
        return Damage{next, "the block's stamp is before that of the block before",
                      text_of(block.stamp), text_of(last_.stamp)};
    }
    return difference(next, "the block's history root", to_hex(block.history_root.bytes),
                      to_hex(history_.root().bytes));
}

std::optional<Damage> ChainCheck::check(Bytes key, Bytes stored, const BlockView::Visit& visit) {
    const Seq next = next_seq();
    std::uint64_t number = 0;
    if (key.size() != sizeof number) return Damage{next, "a key is not a Seq", {}, {}};
    std::memcpy(&number, key.data(), sizeof number);
    number = key_bytes(number);
    const auto block = BlockView::parse(stored);
    if (!block) {
        return Damage{
            next, "under key " + std::to_string(number) + ": " + block.error().detail, {}, {}};
    }
    if (auto found = check_place(number, block->info())) return found;
    if (auto found = check_links(*block)) return found;
    if (auto sound = block->verify(visit); !sound) {
        return Damage{block->first_bad_seq(), sound.error().detail, {}, {}};
    }
    if (!std::ranges::equal(block->peaks(), history_.peaks())) {
        return Damage{next, "the block's peaks are not those of the blocks before it", {}, {}};
    }
    last_ = block->info();
    history_.add(std::as_bytes(std::span{last_.hash.bytes}));
    return std::nullopt;
}

std::optional<Damage> ChainCheck::check(const BlockView& block, const BlockView::Visit& visit) {
    const BlockInfo& info = block.info();
    const std::uint64_t key = key_bytes(info.number == 0 ? 0 : info.first_seq.value());
    return check(std::as_bytes(std::span{&key, 1}), block.stored(), visit);
}

Result<void> verify_chain(Snapshot& snapshot,
                          const std::function<void(const BlockInfo&)>& progress) {
    const BlockInfo target = snapshot.head();
    const auto genesis = snapshot.genesis();
    if (!genesis) return std::unexpected{genesis.error()};
    ChainCheck chain{genesis->info().book};
    std::optional<BlockView> block = *genesis;
    auto pinned_since = MonotonicClock::now();
    while (block) {
        const BlockInfo info = block->info();
        const auto damage = chain.check(*block);
        if (damage) return std::unexpected{error_of(info, *damage)};
        if (progress) progress(info);
        if (info.number == target.number) {
            if (info.hash == target.hash) return {};
            return std::unexpected{
                error_of(info, {info.first_seq, "it is not the head we started from", {}, {}})};
        }
        if (MonotonicClock::now() - pinned_since > kPinnedMax) {
            if (auto renewed = snapshot.refresh(); !renewed) return renewed;
            pinned_since = MonotonicClock::now();
        }
        auto next = snapshot.block_after(info);
        if (!next) return std::unexpected{next.error()};
        block = *next;
    }
    return std::unexpected{
        error_of(target, {target.first_seq, "the chain ends before it", {}, {}})};
}

}  // namespace daybook::journal

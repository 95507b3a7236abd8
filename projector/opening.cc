#include "projector/opening.h"

#include <cerrno>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>

#include "projector/layout.h"
#include "projector/lmdb_txn.h"

namespace daybook::projector {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kDirectoryMode = 0750;

// The journal's block that holds `seq`; the genesis block for 0.
Result<std::optional<journal::BlockInfo>> block_at(journal::BlockSource& journal, Seq seq) {
    if (seq == Seq{}) {
        const auto genesis = journal.genesis();
        if (!genesis) return std::unexpected{genesis.error()};
        return std::optional{genesis->info()};
    }
    const auto block = journal.block_of(seq);
    if (!block) return std::unexpected{block.error()};
    const std::optional<journal::BlockView>& view = *block;
    if (!view) return std::optional<journal::BlockInfo>{};
    return std::optional{view->info()};
}

// Why a projection that stands at `watermark` is not one of this journal; empty when it is.
std::string disagreement(const Watermark& watermark, const journal::BlockInfo& head,
                         const std::optional<journal::BlockInfo>& block) {
    const std::string seq = std::to_string(watermark.seq.value());
    if (watermark.book != head.book) return "it is of another book";
    if (!block) return "the journal ends before its Seq " + seq;
    if (block->hash != watermark.block_hash || block->number != watermark.block_number) {
        return "the journal has another block at its Seq " + seq;
    }
    return {};
}

struct Found {
    std::shared_ptr<Store> store;
    Fold fold;
    Watermark watermark;
};

Result<Found> load(std::shared_ptr<Store> store) {
    auto fold = Fold::resume(*store);
    if (!fold) return std::unexpected{fold.error()};
    const auto txn = store->begin(Access::read_only);
    if (!txn) return std::unexpected{txn.error()};
    const auto watermark = store->watermark(txn->get());
    if (!watermark) return std::unexpected{watermark.error()};
    return Found{.store = std::move(store), .fold = *std::move(fold), .watermark = *watermark};
}

Result<Found> find(const fs::path& directory) {
    auto store = Store::open(directory, Access::read_write);
    if (!store) return std::unexpected{store.error()};
    return load(*std::move(store));
}

// Nothing, after a line that says why, when the projection must be built anew. What is wrong with
// the journal is an error: no reason to delete the projection.
Result<std::optional<Opened>> take_over(journal::BlockSource& journal, const fs::path& directory) {
    auto found = find(directory);
    std::string why;
    if (found) {
        const auto read = block_at(journal, found->watermark.seq);
        if (!read) return std::unexpected{read.error()};
        const std::optional<journal::BlockInfo>& block = *read;
        why = disagreement(found->watermark, journal.head(), block);
        if (block && why.empty()) {
            return std::optional{Opened{.store = std::move(found->store),
                                        .fold = std::move(found->fold),
                                        .watermark = found->watermark,
                                        .block = *block}};
        }
        why = "projection " + directory.string() + ": " + why;
    } else {
        // `not_found`: it was not made to its end.
        const ErrorCode code = found.error().code;
        if (code != ErrorCode::damaged && code != ErrorCode::not_found) {
            return std::unexpected{found.error()};
        }
        why = found.error().detail;
    }
    spdlog::warn("rebuilding from the journal: {}", why);
    return std::optional<Opened>{};
}

Result<Opened> build(journal::BlockSource& journal, const fs::path& directory) {
    if (auto removed = Store::remove(directory); !removed) return std::unexpected{removed.error()};
    const auto genesis = journal.genesis();
    if (!genesis) return std::unexpected{genesis.error()};
    const journal::BlockInfo& block = genesis->info();
    auto store = Store::create(directory, {.seq = {},
                                           .block_number = block.number,
                                           .stamp = block.stamp,
                                           .block_hash = block.hash,
                                           .book = block.book});
    if (!store) return std::unexpected{store.error()};
    auto made = load(*std::move(store));
    if (!made) return std::unexpected{made.error()};
    return Opened{.store = std::move(made->store),
                  .fold = std::move(made->fold),
                  .watermark = made->watermark,
                  .block = block};
}

}  // namespace

Result<void> prepare_directory(const fs::path& directory) {
    if (mkdir(directory.c_str(), kDirectoryMode) != 0) {
        if (errno != EEXIST) return system_error(errno, "cannot make " + directory.string());
    } else if (chmod(directory.c_str(), kDirectoryMode) != 0) {
        return system_error(errno, "cannot chmod " + directory.string());
    }
    std::error_code error;
    if (Store::exists(directory) && !fs::exists(directory / kProjectorLockFile, error)) {
        return fail(ErrorCode::cannot_create,
                    directory.string() +
                        " holds a data.mdb that no projector made; name another "
                        "directory or delete it yourself");
    }
    return {};
}

Result<Opened> open_or_build(journal::BlockSource& journal, const fs::path& directory) {
    if (Store::exists(directory)) {
        auto opened = take_over(journal, directory);
        if (!opened) return std::unexpected{opened.error()};
        std::optional<Opened>& fitting = *opened;
        if (fitting) return *std::move(fitting);
    }
    return build(journal, directory);
}

}  // namespace daybook::projector

#include "state/snapshot.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>

#include "journal/directory.h"

namespace daybook::state {

namespace {

namespace fs = std::filesystem;

// Its hash is that of the journal's block which holds `seq`.
Result<bool> agrees(journal::Snapshot& journal, Seq seq, const Hash256& hash) {
    if (seq > journal.head_seq()) return false;
    const auto block = journal.block_of(seq);
    if (!block) return std::unexpected{block.error()};
    const std::optional<journal::BlockView>& view = *block;
    return view && view->info().hash == hash;
}

Result<void> open_runs(const fs::path& directory, Opened& opened) {
    std::vector<std::shared_ptr<const KeyRun>> runs;
    for (const RunInfo& info : opened.manifest.runs) {
        auto run = KeyRun::open(directory, opened.manifest.book, info);
        if (!run) return std::unexpected{run.error()};
        runs.push_back(*std::move(run));
    }
    opened.runs = std::make_shared<const KeyRuns>(std::move(runs));
    return {};
}

// Reads all of it, to be sure of it before anything is taken from it.
Result<void> open_book(const fs::path& directory, Opened& opened) {
    auto reader = BookReader::open(directory, opened.manifest.book_seq);
    if (!reader) return std::unexpected{reader.error()};
    const BookHeader& header = reader->header();
    for (std::uint64_t i = 0; i < header.asset_count; ++i) {
        auto asset = reader->asset();
        if (!asset) return std::unexpected{asset.error()};
        opened.asset_codes.push_back(std::move(asset->code));
    }
    if (auto read = reader->skip_rest(); !read) return read;
    opened.account_count = header.account_count;
    opened.book = reader->place();
    return {};
}

// What the files say, each as it was written.
Result<Opened> read_files(const fs::path& directory) {
    auto manifest = read_manifest(directory);
    if (!manifest) return std::unexpected{manifest.error()};
    Opened opened{.manifest = *std::move(manifest),
                  .runs = {},
                  .book = {},
                  .asset_codes = {},
                  .account_count = 0};
    auto done = open_runs(directory, opened);
    if (done && opened.manifest.book_seq != Seq{}) done = open_book(directory, opened);
    if (!done) return std::unexpected{done.error()};
    return opened;
}

// Why it is not a snapshot of this journal; empty when it is. An error is the journal's.
Result<std::string> disagreement(const fs::path& directory, const Opened& opened,
                                 journal::Snapshot& journal) {
    const Manifest& named = opened.manifest;
    if (named.book != journal.head().book) return "it is of another book";
    // It was made of durable records only, and the journal only grows.
    if (named.keys_seq > journal.head_seq()) {
        return fail(ErrorCode::damaged,
                    "the journal ends at seq " + std::to_string(journal.head_seq().value()) +
                        ", but " + directory.string() + " was made of its records up to " +
                        std::to_string(named.keys_seq.value()) +
                        ": records are lost; restore a backup, or remove that directory to go on "
                        "without them");
    }
    if (named.keys_seq != Seq{}) {
        const auto agreed = agrees(journal, named.keys_seq, named.keys_block_hash);
        if (!agreed) return std::unexpected{agreed.error()};
        if (!*agreed) return "what it holds does not agree with the journal";
    }
    if (!opened.book) return "";
    const auto agreed = agrees(journal, opened.book->seq, opened.book->block_hash);
    if (!agreed) return std::unexpected{agreed.error()};
    const bool is_same = *agreed && opened.book->book == named.book;
    return is_same ? "" : "its book does not agree with the journal";
}

Result<Opened> reset(const fs::path& directory, const journal::Snapshot& journal) {
    Opened opened{.manifest = {.book = journal.head().book,
                               .seeds = KeyHash::random_seeds(),
                               .keys_seq = {},
                               .keys_block_hash = {},
                               .book_seq = {},
                               .runs = {}},
                  .runs = std::make_shared<const KeyRuns>(),
                  .book = {},
                  .asset_codes = {},
                  .account_count = 0};
    if (auto done = write_manifest(directory, opened.manifest); !done) {
        return std::unexpected{done.error()};
    }
    return opened;
}

Result<void> prepare(const fs::path& directory) {
    constexpr mode_t kMode = 0700;
    if (mkdir(directory.c_str(), kMode) != 0 && errno != EEXIST) {
        return fail(ErrorCode::cannot_create, "cannot make " + directory.string() + ": " +
                                                  std::generic_category().message(errno));
    }
    return journal::check_directory(directory);
}

// Whether nothing but this program's files are in there.
bool is_ours(const std::string& name) {
    return name == kManifestFile || name == "manifest.new" || name.starts_with("keys-") ||
           name.starts_with("book-");
}

}  // namespace

Result<void> remove_others(const fs::path& directory, const Manifest& manifest) {
    std::set<std::string> named{kManifestFile};
    for (const RunInfo& run : manifest.runs)
        named.insert(file_name_of(run));
    if (manifest.book_seq != Seq{}) named.insert(book_file_name(manifest.book_seq));
    std::error_code error;
    for (fs::directory_iterator entry{directory, error};
         !error && entry != fs::directory_iterator{}; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        std::error_code ignored;
        if (!is_ours(name) || named.contains(name) || !entry->is_regular_file(ignored)) continue;
        fs::remove(entry->path(), error);
        if (error) break;
    }
    if (error) {
        return fail(ErrorCode::io_failed,
                    "cannot tidy " + directory.string() + ": " + error.message());
    }
    return {};
}

Result<Opened> open_or_reset(const fs::path& directory, journal::Snapshot& journal) {
    if (auto ready = prepare(directory); !ready) return std::unexpected{ready.error()};
    auto opened = read_files(directory);
    std::string why;
    if (opened) {
        const auto disagreed = disagreement(directory, *opened, journal);
        if (!disagreed) return std::unexpected{disagreed.error()};
        why = *disagreed;
    } else {
        const ErrorCode code = opened.error().code;
        if (code != ErrorCode::not_found && code != ErrorCode::damaged) return opened;
        why = opened.error().detail;
    }
    if (!why.empty()) {
        if (journal.head_seq() != Seq{}) {
            spdlog::warn("snapshot {}: {}; rebuilding it from the journal", directory.string(),
                         why);
        }
        opened = reset(directory, journal);
        if (!opened) return opened;
    }
    if (auto done = remove_others(directory, opened->manifest); !done) {
        return std::unexpected{done.error()};
    }
    return opened;
}

Result<void> load_book(const fs::path& directory, Seq seq, Book& book) {
    auto reader = BookReader::open(directory, seq);
    if (!reader) return std::unexpected{reader.error()};
    const BookHeader& header = reader->header();
    for (std::uint64_t i = 0; i < header.asset_count; ++i) {
        auto asset = reader->asset();
        if (!asset) return std::unexpected{asset.error()};
        book.define_asset({std::move(asset->code), asset->scale});
    }
    for (std::uint64_t i = 0; i < header.account_count; ++i) {
        auto account = reader->account();
        if (!account) return std::unexpected{account.error()};
        const auto number =
            book.open_account(account->asset, account->type,
                              {std::move(account->code), account->limits, account->opened});
        book.set_state(number, account->state);
        book.restore(number, account->totals, account->version, std::move(account->history));
    }
    for (std::uint64_t i = 0; i < header.hold_count; ++i) {
        const auto saved = reader->hold();
        if (!saved) return std::unexpected{saved.error()};
        book.holds().put(saved->id, saved->hold);
    }
    for (std::uint64_t i = 0; i < header.ended_count; ++i) {
        const auto ended = reader->ended();
        if (!ended) return std::unexpected{ended.error()};
        Hold hold;
        hold.state = ended->state;
        book.holds().put(ended->id, hold);
    }
    for (std::uint64_t i = 0; i < header.reversed_count; ++i) {
        auto reversed = reader->reversed();
        if (!reversed) return std::unexpected{reversed.error()};
        book.set_reversed(reversed->id, std::move(reversed->amounts));
    }
    return reader->finish();
}

}  // namespace daybook::state

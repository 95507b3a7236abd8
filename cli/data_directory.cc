#include "cli/data_directory.h"

#include <cerrno>
#include <sys/random.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "cli/parser.h"
#include "journal/directory.h"
#include "journal/reader.h"
#include "projector/past.h"

namespace daybook::cli {

namespace {

// Readers in other users' processes see the projection alone.
bool belongs_to_us(const std::filesystem::path& path) {
    struct stat entry{};
    return stat(path.c_str(), &entry) == 0 && entry.st_uid == geteuid();
}

bool is_closed_to_us(const std::filesystem::path& path) {
    struct stat entry{};
    return stat(path.c_str(), &entry) != 0 && errno == EACCES;
}

}  // namespace

Result<void> DataDirectory::create_if_new() const {
    // Its name too: who restored it may have died before that was durable.
    if (journal::Environment::exists(journal())) return journal::make_directories(path_);
    std::error_code problem;
    const bool is_there = std::filesystem::exists(path_, problem);
    if (is_there && !std::filesystem::is_directory(path_, problem)) {
        return fail(ErrorCode::damaged,
                    "'" + path_.string() + "' is not a directory; choose another with --data");
    }
    // What an interrupted creation leaves behind is ours.
    for (auto entry = std::filesystem::directory_iterator{path_, problem};
         is_there && !problem && entry != std::filesystem::directory_iterator{};
         entry.increment(problem)) {
        if (entry->path().filename().string().starts_with("journal")) continue;
        return fail(ErrorCode::damaged,
                    "'" + path_.string() + "' holds other files (" +
                        entry->path().filename().string() +
                        ") but no journal; choose a new or empty directory with --data");
    }
    if (is_there && problem) {
        const bool is_denied = problem == std::errc::permission_denied;
        return fail(is_denied ? ErrorCode::no_permission : ErrorCode::cannot_create,
                    "cannot use '" + path_.string() + "': " + problem.message());
    }
    if (auto made = journal::make_directories(path_); !made) return made;
    SystemClock clock;
    return journal::Environment::create(journal(), new_book_id(), clock.now());
}

Result<std::shared_ptr<journal::Environment>> DataDirectory::open_journal(
    journal::Access access) const {
    if (!journal::Environment::exists(journal())) {
        if (is_closed_to_us(journal() / "data.mdb")) {
            return fail(ErrorCode::no_permission,
                        "cannot look into '" + journal().string() +
                            "': permission denied; run as the user that `daybook serve` runs as");
        }
        return fail(ErrorCode::not_found, "there is no journal in '" + path_.string() +
                                              "'; name its data directory with --data, or start "
                                              "`daybook serve` to make one");
    }
    return journal::Environment::open(journal(), access);
}

Result<std::unique_ptr<projector::Balances>> DataDirectory::open_projection() const {
    if (!journal::Environment::exists(journal()) || !belongs_to_us(journal())) {
        return projector::Balances::open(projection());
    }
    const auto opened = journal::Environment::open(journal(), journal::Access::read_only);
    if (!opened) return std::unexpected{opened.error()};
    return open_projection(*opened);
}

Result<std::unique_ptr<projector::Balances>> DataDirectory::open_projection(
    const std::shared_ptr<journal::Environment>& opened) const {
    auto balances = projector::Balances::open(projection());
    if (!balances) return balances;
    const auto view = (*balances)->view();
    if (!view) return std::unexpected{view.error()};
    // After the view, so that it reaches the watermark.
    auto snapshot = journal::Snapshot::open(opened);
    if (!snapshot) return std::unexpected{snapshot.error()};
    const auto past = projector::Past::open(*view, *snapshot);
    if (!past) return std::unexpected{past.error()};
    return balances;
}

Id128 new_book_id() {
    Id128 id;
    const auto filled = getrandom(id.bytes.data(), id.bytes.size(), 0);
    CHECK_INVARIANT(filled == 16, "the system gives random bytes");
    return id;
}

void add_data_option(Subcommand& command, std::string& data) {
    data = "daybook-data";
    command.add_option("--data", data, "Data directory")
        ->envname("DAYBOOK_DATA")
        ->capture_default_str()
        ->type_name("DIR");
}

void add_connect_option(Subcommand& command, std::string& endpoint) {
    endpoint = "tcp://127.0.0.1:7411";
    command.add_option("--connect", endpoint, "The sequencer's endpoint")
        ->envname("DAYBOOK_CONNECT")
        ->capture_default_str()
        ->type_name("ENDPOINT");
}

}  // namespace daybook::cli

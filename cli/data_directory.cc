#include "cli/data_directory.h"

#include <sys/random.h>
#include <system_error>

#include "base/check.h"
#include "base/clock.h"
#include "cli/parser.h"

namespace daybook::cli {

namespace {

Id128 random_book_id() {
    Id128 id;
    const auto filled = getrandom(id.bytes.data(), id.bytes.size(), 0);
    CHECK_INVARIANT(filled == 16, "the system gives random bytes");
    return id;
}

}  // namespace

Result<void> DataDirectory::create_if_new() const {
    if (journal::Environment::exists(journal())) return {};
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
    if (!is_there) {
        std::filesystem::create_directories(path_, problem);
        if (!problem) {
            std::filesystem::permissions(path_, std::filesystem::perms::owner_all, problem);
        }
    }
    if (problem) {
        const bool is_denied = problem == std::errc::permission_denied;
        return fail(is_denied ? ErrorCode::no_permission : ErrorCode::cannot_create,
                    "cannot use '" + path_.string() + "': " + problem.message());
    }
    SystemClock clock;
    return journal::Environment::create(journal(), random_book_id(), clock.now());
}

Result<std::shared_ptr<journal::Environment>> DataDirectory::open_journal(
    journal::Access access) const {
    if (!journal::Environment::exists(journal())) {
        return fail(ErrorCode::not_found, "there is no journal in '" + path_.string() +
                                              "'; name its data directory with --data, or start "
                                              "`daybook serve` to make one");
    }
    return journal::Environment::open(journal(), access);
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

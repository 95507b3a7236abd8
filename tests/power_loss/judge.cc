#include "tests/power_loss/judge.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backup/manifest.h"
#include "backup/verify_backup.h"
#include "cli/data_directory.h"
#include "cli/verification.h"

namespace daybook::power_loss {

namespace fs = std::filesystem;

namespace {

constexpr unsigned kSecondsMax = 60;

std::string fell_behind(std::uint64_t head, std::uint64_t promised) {
    if (head >= promised) return "";
    return "the head is " + std::to_string(head) + ", and " + std::to_string(promised) +
           " had been promised";
}

// The data directory without its projection.
void link_journal(const fs::path& data, const fs::path& aside) {
    fs::create_directory(aside);
    for (const char* part : {"journal", "archive"})
        if (fs::exists(data / part)) fs::create_directory_symlink(data / part, aside / part);
}

std::string judge_book(const fs::path& data, const fs::path& aside, std::uint64_t promised) {
    const auto result = cli::verify(cli::DataDirectory{data});
    if (!result) {
        const Error& error = result.error();
        // Before the first promise the book need not be there yet.
        if (error.code == ErrorCode::not_found && promised == 0) return "";
        // The projection may be lost at any time: it is built again. The journal alone must do.
        if (error.detail.starts_with("projection") && !aside.empty()) {
            link_journal(data, aside);
            return judge_book(aside, {}, promised);
        }
        return "verify: " + error.detail;
    }
    if (const auto& finding = result->finding) {
        return "finding at seq " + std::to_string(finding->seq.value()) + ": " + finding->what;
    }
    return fell_behind(result->head_seq.value(), promised);
}

// It is what its manifest names, at any moment.
std::string judge_backup(const fs::path& directory, std::uint64_t promised) {
    const auto manifest = backup::read_manifest(directory);
    if (!manifest) {
        if (manifest.error().code == ErrorCode::not_found && promised == 0) return "";
        return manifest.error().detail;
    }
    if (manifest->is_empty()) return fell_behind(0, promised);
    const auto done = backup::verify_backup(
        directory, *manifest, [](const journal::BlockInfo&) { return Result<void>{}; },
        [](const auto&...) { return true; });
    if (!done) return done.error().detail;
    return fell_behind(manifest->head_seq().value(), promised);
}

std::string judge_all(const fs::path& place, const fs::path& aside, const Promises& promises) {
    if (auto why = judge_book(place / "data", aside / "data", promises.ledger); !why.empty())
        return why;
    if (auto why = judge_backup(place / "backup", promises.backup); !why.empty())
        return "backup: " + why;
    if (auto why = judge_book(place / "restored", aside / "restored", promises.restored);
        !why.empty())
        return "restored: " + why;
    return "";
}

[[noreturn]] void judge_in_child(const fs::path& place, const fs::path& aside,
                                 const Promises& promises, int out) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core{};
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(kSecondsMax);
    const std::string why = judge_all(place, aside, promises);
    const bool was_told = write(out, why.data(), why.size()) == static_cast<ssize_t>(why.size());
    _exit(was_told ? 0 : 1);
}

}  // namespace

std::string judge(const fs::path& place, const fs::path& aside, const Promises& promises) {
    fs::remove_all(aside);
    fs::create_directory(aside);
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return "no pipe for the judge";
    const pid_t child = fork();
    if (child == 0) judge_in_child(place, aside, promises, ends[1]);
    close(ends[1]);
    std::string why;
    std::array<char, 512> part{};
    for (ssize_t got = 0; (got = read(ends[0], part.data(), part.size())) > 0;)
        why.append(part.data(), static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        return "reading it ended in signal " + std::to_string(WTERMSIG(status));
    return why;
}

}  // namespace daybook::power_loss

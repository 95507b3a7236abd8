#include "tests/power_loss/judge.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <functional>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "backup/manifest.h"
#include "backup/verify_backup.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/verification.h"
#include "tests/rot/readings.h"

namespace daybook::power_loss {

namespace fs = std::filesystem;

namespace {

constexpr unsigned kSecondsMax = 60;

struct Judged {
    std::string why;
    bool is_damaged = false;  // it ended by pages that do not hang together
};

[[noreturn]] void judge_here(const std::function<std::string()>& judge, int out) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // A book begins with pages of 2 MiB, which to clear takes longer than to judge a small one.
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    const rlimit no_core{};
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(kSecondsMax);
    spdlog::set_level(spdlog::level::off);  // that a torn snapshot is made anew is what should be
    const std::string why = judge();
    const bool was_told = write(out, why.data(), why.size()) == static_cast<ssize_t>(why.size());
    _exit(was_told ? 0 : 1);
}

Judged judge_apart(const std::function<std::string()>& judge) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return {"no pipe for the judge"};
    const pid_t child = fork();
    if (child == 0) judge_here(judge, ends[1]);
    close(ends[1]);
    Judged judged;
    std::array<char, 512> part{};
    for (ssize_t got = 0; (got = read(ends[0], part.data(), part.size())) > 0;)
        judged.why.append(part.data(), static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
        judged.why = "reading it ended in signal " + std::to_string(WTERMSIG(status));
    } else if (const int code = WEXITSTATUS(status); code != 0) {
        judged.why = "reading it ended with " + std::to_string(code);
        judged.is_damaged = code == cli::exit_code(ErrorCode::damaged);
    }
    return judged;
}

std::string fell_behind(std::uint64_t head, std::uint64_t promised) {
    if (head >= promised) return "";
    return "the head is " + std::to_string(head) + ", and " + std::to_string(promised) +
           " had been promised";
}

// The data directory without its projection and its snapshot.
void link_journal(const fs::path& data, const fs::path& aside) {
    for (const char* part : {"journal", "archive"})
        if (fs::exists(data / part)) fs::create_directory_symlink(data / part, aside / part);
}

constexpr std::string_view kProjection = "projection";

std::string verify_book(const fs::path& data, std::uint64_t promised) {
    const auto result = cli::verify(cli::DataDirectory{data});
    if (!result) {
        const Error& error = result.error();
        // Before the first promise the book need not be there yet.
        if (error.code == ErrorCode::not_found && promised == 0) return "";
        if (error.detail.starts_with(kProjection)) return error.detail;
        return "verify: " + error.detail;
    }
    if (const auto& finding = result->finding) {
        return "finding at seq " + std::to_string(finding->seq.value()) + ": " + finding->what;
    }
    return fell_behind(result->head_seq.value(), promised);
}

std::string verify_backup(const fs::path& directory, std::uint64_t promised) {
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

std::string start_both_ways(const fs::path& with_snapshot, const fs::path& without) {
    const auto quick = rot::start_sequencer(with_snapshot);
    const auto whole = rot::start_sequencer(without);
    if (quick.exit_code != 0) return "a start with the snapshot: " + quick.errors;
    if (whole.exit_code != 0) return "a start without the snapshot: " + whole.errors;
    return quick.output == whole.output ? "" : "a start with the snapshot gives another book";
}

}  // namespace

std::string judge_ledger(const fs::path& data, const fs::path& aside, std::uint64_t promised) {
    const auto all = judge_apart([&] { return verify_book(data, promised); });
    if (!all.is_damaged && !all.why.starts_with(kProjection)) return all.why;
    link_journal(data, aside);
    return judge_apart([&] { return verify_book(aside, promised); }).why;
}

std::string judge_snapshot(const fs::path& data, const fs::path& aside) {
    if (!fs::exists(data / "state") || !fs::exists(data / "journal")) return "";
    for (const char* way : {"with", "without"}) {
        fs::create_directory(aside / way);
        link_journal(data, aside / way);
    }
    fs::copy(data / "state", aside / "with" / "state", fs::copy_options::recursive);
    return judge_apart([&] { return start_both_ways(aside / "with", aside / "without"); }).why;
}

std::string judge_backup(const fs::path& directory, std::uint64_t promised) {
    return judge_apart([&] { return verify_backup(directory, promised); }).why;
}

std::string judge_restored(const fs::path& data, const fs::path& aside, std::uint64_t promised,
                           std::uint64_t backed_up) {
    if (!fs::exists(data) && promised == 0) return "";
    return judge_ledger(data, aside, std::max(promised, backed_up));
}

}  // namespace daybook::power_loss

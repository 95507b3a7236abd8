#include "tests/simulation/fleet.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sys/mman.h>
#include <sys/wait.h>
#include <system_error>
#include <type_traits>
#include <unistd.h>
#include <vector>

#include "base/check.h"

namespace daybook::simulation {

namespace fs = std::filesystem;

namespace {

// Ten thousand times as long as a run takes.
constexpr unsigned kSecondsMax = 200;

// What a process tells the one that waits for it, in memory they share.
struct Report {
    Tally tally;
    std::size_t at = 0;  // the one of the seeds that it runs
    bool is_done = false;
};
static_assert(std::is_trivially_destructible_v<Report>);

void run_seed(std::uint64_t seed, const Flight& flight, const fs::path& directory, Tally& tally) {
    // One that never ends fails too.
    alarm(kSecondsMax);
    const RunResult result = World{seed, directory, false, tally.marks}.run();
    auto violation = result.violation;
    if (flight.twice && !violation) {
        Marks ignored;
        const RunResult again = World{seed, directory, false, ignored}.run();
        if (again.trace_hash != result.trace_hash) violation = "run twice, it goes another way";
    }
    if (violation) {
        ++tally.failures;
        std::printf("%s\n", failure_line(seed, *violation).c_str());
        std::fflush(stdout);
    }
    tally.add(result);
}

// From report.at on, every `jobs`th.
void run_share(const Flight& flight, const fs::path& directory, Report& report) {
    for (; report.at < flight.seeds.size(); report.at += flight.jobs)
        run_seed(flight.seeds[report.at], flight, directory, report.tally);
    report.is_done = true;
}

pid_t launch(const Flight& flight, const fs::path& directory, Report& report) {
    std::fflush(stdout);
    const pid_t child = fork();
    CHECK_INVARIANT(child >= 0, "there is room for a process");
    if (child != 0) return child;
    run_share(flight, directory, report);
    std::fflush(stdout);
    _exit(0);
}

Report* share_memory(unsigned count) {
    void* memory = mmap(nullptr, count * sizeof(Report), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK_INVARIANT(memory != MAP_FAILED, "there is a page to share");
    return new (memory) Report[count];
}

}  // namespace

void Tally::add(const RunResult& result) {
    ++seeds;
    simulated += result.simulated;
    records += result.records;
    answers += result.answers;
    crashes += result.crashes;
    io_errors += result.io_errors;
}

void Tally::add(const Tally& other) {
    seeds += other.seeds;
    simulated += other.simulated;
    records += other.records;
    answers += other.answers;
    crashes += other.crashes;
    io_errors += other.io_errors;
    failures += other.failures;
    marks.add(other.marks);
}

std::string failure_line(std::uint64_t seed, const std::string& violation) {
    const std::string number = std::to_string(seed);
    return "seed " + number + " failed: " + violation + "; repeat it with: simulation --seed " +
           number + " --trace";
}

Tally run_fleet(const Flight& flight) {
    Report* const reports = share_memory(flight.jobs);
    std::vector<pid_t> children(flight.jobs);
    // They outlive a process that ends early.
    const std::vector<ScratchDirectory> directories(flight.jobs);
    for (unsigned i = 0; i < flight.jobs; ++i) {
        reports[i].at = i;
        children[i] = launch(flight, directories[i].path(), reports[i]);
    }
    Tally sum;
    for (unsigned i = 0; i < flight.jobs; ++i) {
        Report& report = reports[i];
        for (;;) {
            int status = 0;
            while (waitpid(children[i], &status, 0) < 0 && errno == EINTR) {
            }
            if (report.is_done) break;
            // It broke an invariant, or worse: the others go on behind it.
            std::printf("%s\n", failure_line(flight.seeds[report.at], "its process ended").c_str());
            ++report.tally.failures;
            ++report.tally.seeds;
            report.at += flight.jobs;
            children[i] = launch(flight, directories[i].path(), report);
        }
        sum.add(report.tally);
    }
    munmap(reports, flight.jobs * sizeof(Report));
    return sum;
}

ScratchDirectory::ScratchDirectory() {
    std::error_code error;
    const fs::path memory = "/dev/shm";
    const bool has_memory = access(memory.c_str(), W_OK) == 0;
    std::string pattern =
        ((has_memory ? memory : fs::temp_directory_path()) / "daybook-simulation-XXXXXX").string();
    CHECK_INVARIANT(mkdtemp(pattern.data()) != nullptr, "there is room for a directory");
    path_ = pattern;
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace daybook::simulation

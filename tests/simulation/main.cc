// simulation: runs seeds, prints what they covered, and each one that failed on a line that
// repeats it. See --help.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include "tests/simulation/fleet.h"

namespace daybook::simulation {

namespace {

struct Asked {
    std::uint64_t first = 1;
    std::uint64_t seeds = 0;
    std::uint64_t rotating = 0;
    std::string kept;
    std::optional<std::uint64_t> seed;
    unsigned jobs = 2;
    bool is_traced = false;
    bool is_json = false;
    bool must_cover = false;
    bool runs_twice = false;
};

void print_text(const Tally& tally, double seconds) {
    const double simulated = static_cast<double>(tally.simulated) / kSecond;
    std::printf(
        "%llu seeds in %.1f s (%.0f a second): %.1f simulated hours (%.0f x real time), "
        "%llu records, %llu answers, %llu crashes, %llu I/O errors, %llu failures\n",
        static_cast<unsigned long long>(tally.seeds), seconds,
        static_cast<double>(tally.seeds) / seconds, simulated / 3600, simulated / seconds,
        static_cast<unsigned long long>(tally.records),
        static_cast<unsigned long long>(tally.answers),
        static_cast<unsigned long long>(tally.crashes),
        static_cast<unsigned long long>(tally.io_errors),
        static_cast<unsigned long long>(tally.failures));
}

void print_marks(const Tally& tally) {
    for (std::size_t i = 0; i < kMarks; ++i) {
        const auto mark = static_cast<Mark>(i);
        std::printf("%12llu  %s\n", static_cast<unsigned long long>(tally.marks.count(mark)),
                    std::string{name_of(mark)}.c_str());
    }
}

// One object, for whoever adds runs up.
void print_json(const Tally& tally, double seconds) {
    std::printf(
        "{\"seeds\":%llu,\"simulated_seconds\":%lld,\"records\":%llu,\"answers\":%llu,"
        "\"crashes\":%llu,\"io_errors\":%llu,\"failures\":%llu,\"milliseconds\":%.0f",
        static_cast<unsigned long long>(tally.seeds),
        static_cast<long long>(tally.simulated / kSecond),
        static_cast<unsigned long long>(tally.records),
        static_cast<unsigned long long>(tally.answers),
        static_cast<unsigned long long>(tally.crashes),
        static_cast<unsigned long long>(tally.io_errors),
        static_cast<unsigned long long>(tally.failures), seconds * 1000);
    for (std::size_t i = 0; i < kMarks; ++i) {
        const auto mark = static_cast<Mark>(i);
        std::printf(",\"%s\":%llu", std::string{name_of(mark)}.c_str(),
                    static_cast<unsigned long long>(tally.marks.count(mark)));
    }
    std::printf("}\n");
}

// Whether every mark was hit.
bool has_no_blind_spot(const Tally& tally) {
    bool is_covered = true;
    for (std::size_t i = 0; i < kMarks; ++i) {
        const auto mark = static_cast<Mark>(i);
        if (tally.marks.count(mark) != 0) continue;
        is_covered = false;
        std::printf("never happened: %s\n", std::string{name_of(mark)}.c_str());
    }
    return is_covered;
}

int run_one(std::uint64_t seed, bool is_traced) {
    Marks marks;
    const ScratchDirectory directory;
    World world{seed, directory.path(), is_traced, marks};
    const RunResult result = world.run();
    if (result.violation) std::printf("%s\n", failure_line(seed, *result.violation).c_str());
    std::printf(
        "seed %llu: trace %016llx, %llu events, %.1f simulated s, %llu records, %llu "
        "answers, %llu crashes\n",
        static_cast<unsigned long long>(seed), static_cast<unsigned long long>(result.trace_hash),
        static_cast<unsigned long long>(result.events),
        static_cast<double>(result.simulated) / kSecond,
        static_cast<unsigned long long>(result.records),
        static_cast<unsigned long long>(result.answers),
        static_cast<unsigned long long>(result.crashes));
    return result.violation ? 1 : 0;
}

// One seed a line, from its start; the rest of the line says what it found.
bool read_kept(const std::string& path, std::vector<std::uint64_t>& seeds) {
    std::ifstream file{path};
    if (!file)
        std::printf("cannot read %s; name the file of the seeds that failed\n", path.c_str());
    const bool is_there = file.is_open();
    for (std::string line; std::getline(file, line);) {
        if (!line.empty() && line.front() != '#') seeds.push_back(std::stoull(line));
    }
    return is_there;
}

// Others each day: over time they are many.
void add_rotating(std::uint64_t count, std::vector<std::uint64_t>& seeds) {
    constexpr std::uint64_t kFirst = 1'000'000'000;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto day =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::days>(now).count());
    const std::uint64_t first = kFirst + day * count;
    std::printf("today's seeds: --first %llu --seeds %llu\n",
                static_cast<unsigned long long>(first), static_cast<unsigned long long>(count));
    for (std::uint64_t i = 0; i < count; ++i)
        seeds.push_back(first + i);
}

int run_many(const Asked& asked) {
    std::vector<std::uint64_t> seeds;
    if (!asked.kept.empty() && !read_kept(asked.kept, seeds)) return 2;
    for (std::uint64_t i = 0; i < asked.seeds; ++i)
        seeds.push_back(asked.first + i);
    if (asked.rotating != 0) add_rotating(asked.rotating, seeds);
    const auto begun = std::chrono::steady_clock::now();
    const Tally tally =
        run_fleet({.seeds = std::move(seeds), .jobs = asked.jobs, .twice = asked.runs_twice});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    if (asked.is_json) {
        print_json(tally, took.count());
    } else {
        print_text(tally, took.count());
        print_marks(tally);
    }
    const bool is_covered = !asked.must_cover || has_no_blind_spot(tally);
    return tally.failures == 0 && is_covered ? 0 : 1;
}

}  // namespace

}  // namespace daybook::simulation

int main(int argc, char** argv) {
    daybook::simulation::Asked asked;
    CLI::App app{
        "Runs whole ledgers in simulated time, with simulated faults, from seeds.\n"
        "Exit code 0 when every seed held, 1 when one did not."};
    auto* seed = app.add_option("--seed", asked.seed, "Run this seed alone");
    app.add_flag("--trace", asked.is_traced, "Print every event of it")->needs(seed);
    app.add_option("--first", asked.first, "The first seed of many")->capture_default_str();
    app.add_option("--seeds", asked.seeds, "How many seeds")->capture_default_str();
    app.add_option("--kept", asked.kept, "A file of seeds to run too, one a line");
    app.add_option("--rotating", asked.rotating, "So many seeds more, others each day; printed");
    app.add_option("--jobs", asked.jobs, "Processes at a time")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    app.add_flag("--json", asked.is_json, "Print the sums as one JSON object");
    app.add_flag("--cover", asked.must_cover, "Fail when a mark was never hit");
    app.add_flag("--twice", asked.runs_twice, "Run each seed twice and compare the traces");
    CLI11_PARSE(app, argc, argv);
    spdlog::set_level(spdlog::level::off);
    return asked.seed ? daybook::simulation::run_one(*asked.seed, asked.is_traced)
                      : daybook::simulation::run_many(asked);
}

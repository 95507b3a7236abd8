// Fleet: many seeds on several processors, each in a process of its own, so that a seed that ends
// its process fails and the others go on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/simulation/marks.h"
#include "tests/simulation/world.h"

namespace daybook::simulation {

struct Flight {
    std::vector<std::uint64_t> seeds;
    unsigned jobs = 1;
    bool twice = false;  // each seed, and its traces are compared
};

struct Tally {
    std::uint64_t seeds = 0;
    Nanos simulated = 0;
    std::uint64_t records = 0;
    std::uint64_t answers = 0;
    std::uint64_t crashes = 0;
    std::uint64_t io_errors = 0;
    std::uint64_t failures = 0;
    Marks marks;

    void add(const RunResult& result);
    void add(const Tally& other);
};

// Prints each seed that failed as it does.
Tally run_fleet(const Flight& flight);

// One line: what failed, and how to see it again.
std::string failure_line(std::uint64_t seed, const std::string& violation);

// Of this process, in memory where there is such a file system; removed at the end.
class ScratchDirectory {
public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    ScratchDirectory(ScratchDirectory&&) = delete;
    ScratchDirectory& operator=(ScratchDirectory&&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace daybook::simulation

// What the benches share on the command line: where they run, how a report is printed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "bench/figures.h"
#include "bench/target.h"
#include "bench/transfers.h"
#include "cli/parser.h"

namespace daybook::cli {

// A bench's options and how to print what it says.
template <typename Options>
struct Asked {
    Options options;
    bool as_json = false;
};

// Whatever name it was started by.
inline constexpr auto kThisBinary = "/proc/self/exe";

void add_dir_option(Subcommand& command, std::filesystem::path& dir);
void add_json_option(Subcommand& command, bool& as_json);
// Of a workload that can be run against a server that is there. Sets the binary.
void add_place_options(Subcommand& command, bench::Place& place);

// Tells the findings on standard error; the exit code for them.
int exit_code_of(const std::vector<std::string>& findings);

// What it was measured on (bench::describe_environment, before the start) or what was asked for.
using Settings = std::vector<std::pair<std::string, std::string>>;

// A line each.
void print_settings(const Settings& settings);

using Measure = std::function<Result<bench::Report>(const bench::OnProgress&)>;

// Runs it under a progress line and prints environment, settings, and every figure with its spread
// over the runs; or why there are none. The exit code.
int measure(const std::string& doing, std::uint64_t total, const std::filesystem::path& dir,
            const Settings& settings, bool as_json, const Measure& run);

// 1234567.8, 12.3, 0.123: about three digits that say something.
std::string figure_text(double value);

}  // namespace daybook::cli

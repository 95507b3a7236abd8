#include "cli/bench_output.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bench/environment.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

void add_parts(json::Line& json, const std::vector<bench::Figures>& parts) {
    json.begin_array("parts");
    for (const auto& part : parts) {
        json.begin_object();
        for (const auto& [name, value] : part.all())
            json.measured(name, value);
        json.end_object();
    }
    json.end_array();
}

void print_json(const bench::Report& report, const Settings& environment,
                const Settings& settings) {
    json::Line json;
    json.begin_object().text("workload", report.workload);
    json.begin_object("environment");
    for (const auto& [name, text] : environment)
        json.text(name, text);
    json.end_object().begin_object("settings");
    for (const auto& [name, text] : settings)
        json.text(name, text);
    json.end_object().small("runs", static_cast<std::uint32_t>(report.runs.size()));
    json.begin_object("figures");
    for (const auto& [name, spread] : report.lines()) {
        json.begin_object(name)
            .measured("median", spread.median)
            .measured("min", spread.min)
            .measured("max", spread.max)
            .end_object();
    }
    json.end_object();
    if (!report.parts.empty()) add_parts(json, report.parts);
    json.begin_array("findings");
    for (const auto& finding : report.findings)
        json.text(finding);
    json.end_array().boolean("is_fine", report.findings.empty()).end_object();
    fmt::print("{}\n", json.str());
}

// A column a figure.
void print_parts(const std::vector<bench::Figures>& parts) {
    std::vector<std::string> head;
    std::vector<std::size_t> right_aligned;
    for (const auto& [name, value] : parts.front().all()) {
        right_aligned.push_back(head.size());
        head.push_back(name);
    }
    Table table{head, right_aligned};
    for (const auto& part : parts) {
        std::vector<std::string> row;
        for (const auto& [name, value] : part.all())
            row.push_back(figure_text(value));
        table.add(std::move(row));
    }
    table.print();
    fmt::print("\n");
}

void print_text(const bench::Report& report, const Settings& environment,
                const Settings& settings) {
    Settings pairs = environment;
    pairs.insert(pairs.end(), settings.begin(), settings.end());
    print_settings(pairs);
    fmt::print("\n");
    if (!report.parts.empty()) print_parts(report.parts);
    const bool has_spread = report.runs.size() > 1;
    Table table{has_spread ? std::vector<std::string>{"FIGURE", "MEDIAN", "MIN", "MAX"}
                           : std::vector<std::string>{"FIGURE", "VALUE"},
                {1, 2, 3}};
    for (const auto& [name, spread] : report.lines()) {
        std::vector<std::string> row{name, figure_text(spread.median)};
        if (has_spread) {
            row.push_back(figure_text(spread.min));
            row.push_back(figure_text(spread.max));
        }
        table.add(std::move(row));
    }
    table.print();
}

}  // namespace

void print_settings(const Settings& settings) {
    std::size_t width = 0;
    for (const auto& [name, text] : settings)
        width = std::max(width, name.size());
    for (const auto& [name, text] : settings)
        fmt::print("{:<{}}  {}\n", name, width, text);
}

std::string figure_text(double value) {
    const double size = std::abs(value);
    if (size >= 1000) return fmt::format("{:.0f}", value);
    if (size >= 10) return fmt::format("{:.1f}", value);
    return fmt::format("{:.3f}", value);
}

void add_dir_option(Subcommand& command, std::filesystem::path& dir) {
    command.add_option("--dir", dir, "Where data to be thrown away is kept meanwhile")
        ->capture_default_str()
        ->type_name("DIR");
}

void add_json_option(Subcommand& command, bool& as_json) {
    command.add_flag("--json", as_json, "Print one JSON object");
}

void add_place_options(Subcommand& command, bench::Place& place) {
    place.binary = kThisBinary;
    command
        .add_option("--connect", place.endpoint,
                    "A running server; without it, one of its own on data thrown away afterwards")
        ->type_name("ENDPOINT");
    command
        .add_option("--data", place.data,
                    "The running server's data directory, to check it from outside")
        ->needs("--connect")
        ->type_name("DIR");
    add_dir_option(command, place.dir);
}

int measure(const std::string& doing, std::uint64_t total, const std::filesystem::path& dir,
            const Settings& settings, bool as_json, const Measure& run) {
    const auto environment = bench::describe_environment(dir);
    Result<bench::Report> measured;
    {
        Progress progress{doing, total};
        measured = run([&](std::uint64_t done) { progress.look(done); });
    }
    if (!measured) return report(measured.error());
    as_json ? print_json(*measured, environment, settings)
            : print_text(*measured, environment, settings);
    return exit_code_of(measured->findings);
}

int exit_code_of(const std::vector<std::string>& findings) {
    for (const auto& finding : findings)
        fmt::print(stderr, "daybook: {}\n", finding);
    return findings.empty() ? kExitFine : kExitFinding;
}

}  // namespace daybook::cli

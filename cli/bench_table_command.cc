#include <fstream>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "bench/environment.h"
#include "bench/table.h"
#include "cli/bench_output.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

struct TableAsked {
    bench::TableOptions options;
    std::filesystem::path json;
};

std::string median_of(const std::optional<bench::Spread>& spread) {
    return spread ? figure_text(spread->median) : "-";
}

std::string target_of(const bench::TableRow& row) {
    std::string text;
    for (const auto& limit : row.limits)
        text += (text.empty() ? "" : ", ") + limit.text;
    return text;
}

std::string verdict_of(const bench::TableRow& row) {
    if (!row.value) return "not measured";
    return row.is_met ? "met" : "missed";
}

void add_to(Table& table, const bench::TableRow& row) {
    std::string spread = "-";
    if (row.value && row.value->min < row.value->max) {
        spread = figure_text(row.value->min) + " .. " + figure_text(row.value->max);
    }
    table.add({row.work, row.figure, median_of(row.value), spread, median_of(row.floor),
               median_of(row.ratio), target_of(row), verdict_of(row)});
}

void add_spread(json::Line& json, const char* name, const std::optional<bench::Spread>& spread) {
    if (!spread) return;
    json.begin_object(name)
        .measured("median", spread->median)
        .measured("min", spread->min)
        .measured("max", spread->max)
        .end_object();
}

void add_to(json::Line& json, const bench::TableRow& row) {
    json.begin_object().text("name", row.name).text("work", row.work).text("figure", row.figure);
    add_spread(json, "value", row.value);
    add_spread(json, "floor", row.floor);
    add_spread(json, "ratio", row.ratio);
    for (const auto& [name, value] : row.others)
        json.measured(name, value);
    json.text("target", target_of(row)).text("verdict", verdict_of(row));
    if (!row.problem.empty()) json.text("problem", row.problem);
    json.end_object();
}

int run(TableAsked& asked) {
    std::ofstream file;
    if (!asked.json.empty()) {
        file.open(asked.json);
        if (!file)
            return report({ErrorCode::cannot_create, "cannot write '" + asked.json.string() + "'"});
    }
    const auto environment = bench::describe_environment(asked.options.dir);
    json::Line json;
    json.begin_object().boolean("is_quick", asked.options.is_quick).begin_object("environment");
    for (const auto& [name, text] : environment)
        json.text(name, text);
    json.end_object().begin_array("rows");
    Table table{{"WORK", "FIGURE", "MEDIAN", "SPREAD", "FLOOR", "RATIO", "TARGET", "VERDICT"},
                {2, 3, 4, 5}};
    std::vector<std::string> problems;
    bool is_met = true;
    asked.options.on_row = [](const std::string& name) {
        fmt::print(stderr, "measuring {}\n", name);
    };
    const auto done = bench::run_table(asked.options, [&](const bench::TableRow& row) {
        add_to(table, row);
        add_to(json, row);
        if (!row.problem.empty()) problems.push_back(row.name + ": " + row.problem);
        is_met = is_met && row.is_met;
    });
    if (!done) return report(done.error());
    json.end_array().end_object();
    print_settings(environment);
    if (asked.options.is_quick) fmt::print("quick: too short for figures that mean anything\n");
    fmt::print("\n{}", table.text());
    if (file.is_open()) file << json.str() << "\n";
    for (const auto& problem : problems)
        fmt::print(stderr, "daybook: {}\n", problem);
    return is_met && problems.empty() ? kExitFine : kExitFinding;
}

}  // namespace

void add_bench_table_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<TableAsked>();
    auto& options = asked->options;
    options.binary = kThisBinary;
    auto* command = bench.add_subcommand("table",
                                         "Measures every line of the performance budget (about an "
                                         "hour, 60 GB) and prints one table; "
                                         "exit code 1 when a target is missed");
    std::string names;
    for (const auto& name : bench::table_names())
        names += (names.empty() ? "" : ", ") + name;
    command->add_flag("--quick", options.is_quick,
                      "Seconds instead of minutes: shows that it works");
    command
        ->add_option("--only", options.only, "This row alone; may be given several times: " + names)
        ->one_at_a_time()
        ->type_name("ROW");
    command->add_option("--runs", options.runs, "Runs, each followed by its floor")
        ->positive()
        ->capture_default_str();
    add_dir_option(*command, options.dir);
    command->add_option("--json", asked->json, "Write it to this file too, as one JSON object")
        ->type_name("FILE");
    command->callback([asked, &exit_code] { exit_code = run(*asked); });
}

}  // namespace daybook::cli

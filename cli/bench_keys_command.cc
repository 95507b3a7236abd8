#include <memory>
#include <string>

#include <fmt/format.h>

#include "bench/keys.h"
#include "cli/bench_output.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

void print_json(const bench::KeysRow& row) {
    json::Line json;
    json.begin_object()
        .text("index", row.index)
        .text("order", row.order)
        .big("keys", row.keys)
        .measured("inserted_per_second", row.inserted_per_second)
        .measured("last_tenth_per_second", row.last_tenth_per_second)
        .measured("memory_bytes_per_key", row.memory_bytes_per_key)
        .measured("disk_bytes_per_key", row.disk_bytes_per_key)
        .measured("miss_ns", row.miss_nanoseconds)
        .measured("miss_file_share", row.miss_file_share)
        .measured("hit_us", row.hit_microseconds)
        .measured("open_seconds", row.open_seconds)
        .end_object();
    fmt::print("{}\n", json.str());
}

void print_table(const std::vector<bench::KeysRow>& rows) {
    Table table{{"INDEX", "ORDER", "KEYS", "KEYS/S", "LAST TENTH/S", "MEMORY B/KEY", "DISK B/KEY",
                 "NEW KEY NS", "READS FILE", "OLD KEY US", "OPEN S"},
                {2, 3, 4, 5, 6, 7, 8, 9, 10}};
    for (const auto& row : rows) {
        table.add({row.index, row.order, std::to_string(row.keys),
                   fmt::format("{:.0f}", row.inserted_per_second),
                   fmt::format("{:.0f}", row.last_tenth_per_second),
                   fmt::format("{:.2f}", row.memory_bytes_per_key),
                   fmt::format("{:.1f}", row.disk_bytes_per_key),
                   fmt::format("{:.0f}", row.miss_nanoseconds),
                   fmt::format("{:.2f} %", 100 * row.miss_file_share),
                   fmt::format("{:.1f}", row.hit_microseconds),
                   fmt::format("{:.2f}", row.open_seconds)});
    }
    table.print();
}

int run(Asked<bench::KeysOptions>& asked) {
    Result<std::vector<bench::KeysRow>> rows;
    {
        std::string doing;
        std::unique_ptr<Progress> progress;
        asked.options.on_progress = [&](const std::string& what, std::uint64_t done) {
            if (what != doing) {
                progress.reset();
                progress = std::make_unique<Progress>(what, asked.options.keys);
                doing = what;
            }
            progress->look(done);
        };
        rows = bench::run_keys(asked.options);
    }
    if (!rows) return report(rows.error());
    if (!asked.as_json) print_table(*rows);
    for (const auto& row : *rows) {
        if (asked.as_json) print_json(row);
    }
    return kExitFine;
}

}  // namespace

void add_bench_keys_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::KeysOptions>>();
    auto& options = asked->options;
    auto* command = bench.add_subcommand(
        "keys",
        "Measures what it costs to remember every idempotency key, beside one LMDB tree of the "
        "same keys, for keys in the order of time and at random");
    command->add_option("--keys", options.keys, "Keys to remember")
        ->positive()
        ->capture_default_str();
    command
        ->add_option("--tree-keys", options.tree_keys_max,
                     "At most so many in the tree, which takes long for random keys")
        ->positive()
        ->capture_default_str();
    command->add_option("--dir", options.dir, "Where files to be thrown away are kept meanwhile")
        ->capture_default_str()
        ->type_name("DIR");
    command->add_flag("--json", asked->as_json, "Print one JSON object a line");
    command->callback([asked, &exit_code] { exit_code = run(*asked); });
}

}  // namespace daybook::cli

#include "cli/commands.h"
#include "cli/parser.h"

namespace daybook::cli {

void add_bench_commands(Subcommand& app, int& exit_code) {
    auto* bench = app.add_subcommand("bench", "Measures, and checks what it measures");
    bench->require_subcommand(1);
    add_bench_table_command(*bench, exit_code);
    add_bench_transfers_command(*bench, exit_code);
    add_bench_cost_command(*bench, exit_code);
    add_bench_crossfire_command(*bench, exit_code);
    add_bench_contention_command(*bench, exit_code);
    add_bench_holds_command(*bench, exit_code);
    add_bench_sustained_command(*bench, exit_code);
    add_bench_recovery_command(*bench, exit_code);
    add_bench_read_commands(*bench, exit_code);
    add_bench_keys_command(*bench, exit_code);
    add_bench_lag_command(*bench, exit_code);
}

}  // namespace daybook::cli

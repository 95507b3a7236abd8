// The subcommands of `daybook`. Each function adds one (or a family) to the parser; when it is
// chosen, its work is done in the callback and `exit_code` set.
#pragma once

namespace daybook::cli {

class Subcommand;

void add_serve_commands(Subcommand& app, int& exit_code);    // serve, sequencer, projector
void add_http_commands(Subcommand& app, int& exit_code);     // gateway, token
void add_account_commands(Subcommand& app, int& exit_code);  // asset define, account open, ...
void add_account_show(Subcommand& account, int& exit_code);  // account show
void add_account_list(Subcommand& account, int& exit_code);  // account list
void add_post_command(Subcommand& app, int& exit_code);      // post
void add_hold_commands(Subcommand& app, int& exit_code);     // hold place, capture, release, ...
void add_hold_views(Subcommand& hold, int& exit_code);       // hold show, hold list
void add_reverse_command(Subcommand& app, int& exit_code);   // reverse
void add_submit_command(Subcommand& app, int& exit_code);    // submit
void add_entry_command(Subcommand& app, int& exit_code);     // entry
void add_key_commands(Subcommand& app, int& exit_code);      // outcome, void, info
void add_read_commands(Subcommand& app, int& exit_code);     // balance, and these two:
void add_trial_balance_command(Subcommand& app, int& exit_code);       // trial-balance
void add_statement_command(Subcommand& app, int& exit_code);           // statement
void add_tail_command(Subcommand& app, int& exit_code);                // tail
void add_status_command(Subcommand& app, int& exit_code);              // status
void add_verify_command(Subcommand& app, int& exit_code);              // verify
void add_archive_command(Subcommand& app, int& exit_code);             // archive
void add_what_if_command(Subcommand& app, int& exit_code);             // what-if
void add_reconcile_command(Subcommand& app, int& exit_code);           // reconcile
void add_prove_command(Subcommand& app, int& exit_code);               // prove
void add_check_proof_command(Subcommand& app, int& exit_code);         // check-proof
void add_book_hash_command(Subcommand& app, int& exit_code);           // book-hash
void add_import_command(Subcommand& app, int& exit_code);              // import
void add_export_command(Subcommand& app, int& exit_code);              // export
void add_verify_export_command(Subcommand& app, int& exit_code);       // verify-export
void add_backup_command(Subcommand& app, int& exit_code);              // backup
void add_verify_backup_command(Subcommand& app, int& exit_code);       // verify-backup
void add_restore_command(Subcommand& app, int& exit_code);             // restore
void add_fork_command(Subcommand& app, int& exit_code);                // fork
void add_bench_commands(Subcommand& app, int& exit_code);              // bench …
void add_bench_transfers_command(Subcommand& bench, int& exit_code);   // bench transfers
void add_bench_cost_command(Subcommand& bench, int& exit_code);        // bench cost
void add_bench_crossfire_command(Subcommand& bench, int& exit_code);   // bench crossfire
void add_bench_holds_command(Subcommand& bench, int& exit_code);       // bench holds
void add_bench_contention_command(Subcommand& bench, int& exit_code);  // bench contention
void add_bench_sustained_command(Subcommand& bench, int& exit_code);   // bench sustained
void add_bench_recovery_command(Subcommand& bench, int& exit_code);    // bench recovery
void add_bench_table_command(Subcommand& bench, int& exit_code);       // bench table
void add_bench_read_commands(Subcommand& bench, int& exit_code);  // bench reads, bench statements
void add_bench_keys_command(Subcommand& bench, int& exit_code);   // bench keys
void add_bench_lag_command(Subcommand& bench, int& exit_code);    // bench lag

}  // namespace daybook::cli

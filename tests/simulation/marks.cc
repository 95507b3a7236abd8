#include "tests/simulation/marks.h"

namespace daybook::simulation {

std::string_view name_of(Mark mark) {
    // In the order of the enumerators.
    static constexpr std::array<std::string_view, kMarks> kNames{
        "server_killed",
        "power_cut",
        "crash_before_sync",
        "crash_between_commit_and_answer",
        "crash_in_recovery",
        "crash_beside_commit",
        "torn_block_cut_off",
        "undurable_block_lost",
        "undurable_block_survived",
        "repeat_of_survivor_answered",
        "io_error_on_write",
        "io_error_on_sync",
        "slow_sync",
        "clock_jumped_back",
        "clock_jumped_forth",
        "disk_nearly_full_refused",
        "message_lost",
        "message_repeated_by_network",
        "message_overtaken",
        "partition",
        "answer_lost",
        "queue_full",
        "message_waited",
        "overloaded_refused",
        "message_over_two_blocks",
        "decided_beside_commit",
        "batch_of_thousand",
        "repeat_answered",
        "repeat_while_first_undurable",
        "repeat_in_one_message",
        "repeat_after_restart",
        "key_reused_refused",
        "key_reused_while_first_undurable",
        "key_voided",
        "void_came_too_late",
        "outcome_found",
        "outcome_not_seen",
        "dry_run_answered",
        "atomic_accepted",
        "entry_reversed",
        "hold_captured",
        "hold_expired",
        "reference_taken",
        "limit_kept",
        "projector_killed",
        "projection_built_anew",
        "read_checked",
        "read_behind_head",
    };
    return kNames.at(static_cast<std::size_t>(mark));
}

}  // namespace daybook::simulation

// Marks: how often each interesting thing happened. A generator that never makes one of them is
// blind there, so over the seeds of CI each must be hit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace daybook::simulation {

enum class Mark : std::uint8_t {
    server_killed,
    power_cut,
    crash_before_sync,
    crash_between_commit_and_answer,
    crash_in_recovery,
    crash_beside_commit,
    torn_block_cut_off,
    undurable_block_lost,
    undurable_block_survived,
    repeat_of_survivor_answered,
    io_error_on_write,
    io_error_on_sync,
    slow_sync,
    clock_jumped_back,
    clock_jumped_forth,
    disk_nearly_full_refused,
    message_lost,
    message_repeated_by_network,
    message_overtaken,
    partition,
    answer_lost,
    queue_full,
    message_waited,
    overloaded_refused,
    message_over_two_blocks,
    decided_beside_commit,
    batch_of_thousand,
    repeat_answered,
    repeat_while_first_undurable,
    repeat_in_one_message,
    repeat_after_restart,
    key_reused_refused,
    key_reused_while_first_undurable,
    key_voided,
    void_came_too_late,
    outcome_found,
    outcome_not_seen,
    dry_run_answered,
    atomic_accepted,
    entry_reversed,
    hold_captured,
    hold_expired,
    reference_taken,
    limit_kept,
    projector_killed,
    projection_built_anew,
    read_checked,
    read_behind_head,
    count_,
};
inline constexpr std::size_t kMarks = static_cast<std::size_t>(Mark::count_);

std::string_view name_of(Mark mark);

class Marks {
public:
    void hit(Mark mark) { ++counts_[static_cast<std::size_t>(mark)]; }
    void add(const Marks& other) {
        for (std::size_t i = 0; i < kMarks; ++i)
            counts_[i] += other.counts_[i];
    }
    std::uint64_t count(Mark mark) const { return counts_[static_cast<std::size_t>(mark)]; }

private:
    std::array<std::uint64_t, kMarks> counts_{};
};

}  // namespace daybook::simulation

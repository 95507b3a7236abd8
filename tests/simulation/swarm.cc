#include "tests/simulation/swarm.h"

namespace daybook::simulation {

namespace {

Nanos nanos(std::uint64_t value) {
    return static_cast<Nanos>(value);
}

// 0 in `none_percent` of the runs, else 1 to `most`.
std::uint64_t maybe(Dice& dice, std::uint64_t none_percent, std::uint64_t most) {
    return dice.chance(none_percent) ? 0 : dice.between(1, most);
}

// Messages get fewer where each has more commands: all runs take about as long.
std::uint64_t messages_of(Dice& dice, std::uint64_t batch_max) {
    constexpr std::uint64_t kTransfers = 4000;
    const std::uint64_t most = batch_max < 8 ? 600 : 60 + kTransfers / batch_max;
    return dice.spread(20, most);
}

}  // namespace

Swarm::Swarm(std::uint64_t seed) : dice{seed} {
    clients = dice.between(1, 8);
    producers = dice.between(1, clients);
    window = dice.spread(1, 8);
    batch_max = dice.chance(30) ? 1 : dice.spread(2, dice.chance(25) ? 4096 : 128);
    messages = messages_of(dice, batch_max);
    think = nanos(dice.spread(kMillisecond, 100 * kSecond));
    reuse_percent = maybe(dice, 30, 20);
    repeat_percent = maybe(dice, 30, 20);
    other_percent = maybe(dice, 30, 20);
    has_flood = dice.chance(2);

    loss_percent = maybe(dice, 30, 30);
    duplicate_percent = maybe(dice, 30, 50);
    delay = nanos(dice.spread(100 * kMicrosecond, 500 * kMillisecond));
    partitions = maybe(dice, 50, 4);

    // Room for the largest message, or so little that messages go over several blocks, or that a
    // few messages fill one.
    constexpr std::size_t kKibibyte = 1024;
    block_bytes_max =
        batch_max > 128 ? 3072 * kKibibyte : (dice.chance(50) ? 320 * kKibibyte : 256 * kKibibyte);
    crashes = maybe(dice, 15, 8);
    power_cut_percent = dice.chance(20) ? 100 : dice.between(0, 100);
    crash_countdown_max = dice.spread(4, 400);

    sync = nanos(dice.spread(50 * kMicrosecond, 20 * kMillisecond));
    slow_sync_percent = maybe(dice, 60, 30);
    io_errors = maybe(dice, 70, 2);
    corrupt_percent = dice.chance(50) ? 0 : dice.between(80, 100);
    full_disks = maybe(dice, 80, 2);

    if (has_flood) {
        block_bytes_max = 320 * kKibibyte;
        slow_sync_percent = dice.between(30, 60);
        loss_percent = 0;
    }

    clock_jumps = maybe(dice, 50, 6);

    projector_rest = nanos(dice.spread(kMillisecond, 2 * kSecond));
    projector_blocks = dice.spread(1, 32);
    projector_crashes = maybe(dice, 50, 3);
    read_rest = think / 8 + nanos(dice.spread(kMillisecond, kSecond));
}

}  // namespace daybook::simulation

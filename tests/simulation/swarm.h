// Swarm: what a seed makes of its run. Each draws its own mix of faults, many of them none at all
// of some kind: what is rare together with everything else is common somewhere.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/simulation/dice.h"
#include "tests/simulation/trace.h"

namespace daybook::simulation {

struct Swarm {
    explicit Swarm(std::uint64_t seed);

    Dice dice;  // for the run

    // Clients.
    std::uint64_t clients = 1;
    std::uint64_t producers = 1;
    std::uint64_t window = 1;    // messages on their way, a client
    std::uint64_t messages = 1;  // in all
    std::uint64_t batch_max = 1;
    Nanos think = 0;  // between two messages of a client, at most
    std::uint64_t reuse_percent = 0;
    std::uint64_t repeat_percent = 0;
    std::uint64_t other_percent = 0;  // outcomes, dry runs
    bool has_flood = false;           // one client sends very many small messages at once

    // Network, each way.
    std::uint64_t loss_percent = 0;
    std::uint64_t duplicate_percent = 0;
    Nanos delay = 0;  // at most
    std::uint64_t partitions = 0;

    // Server.
    std::size_t block_bytes_max = 0;
    std::uint64_t crashes = 0;
    std::uint64_t power_cut_percent = 0;
    std::uint64_t crash_countdown_max = 0;  // how many steps a process may make before it

    // Disk.
    Nanos sync = 0;  // at most
    std::uint64_t slow_sync_percent = 0;
    std::uint64_t io_errors = 0;
    std::uint64_t corrupt_percent = 0;  // of the pending sectors, in a power cut
    std::uint64_t full_disks = 0;

    // Clock.
    std::uint64_t clock_jumps = 0;

    // Projection.
    Nanos projector_rest = 0;  // between two of its steps, at most
    std::uint64_t projector_blocks = 1;
    std::uint64_t projector_crashes = 0;
    Nanos read_rest = 0;
};

}  // namespace daybook::simulation

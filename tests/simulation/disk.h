// Disk: a file on a simulated disk. What is written is seen at once and is durable after a sync; a
// power cut keeps any subset of the sectors that were not synced, some of them garbled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "tests/simulation/dice.h"

namespace daybook::simulation {

inline constexpr std::size_t kSectorBytes = 512;

class Disk {
public:
    // What a reader sees: the page cache.
    Bytes bytes() const { return visible_; }

    // Whole sectors, from the start of one; the file grows with them.
    void write(std::size_t offset, Bytes bytes);
    // All that was written is durable.
    void sync();
    // A sync that failed: any subset is durable, and what is not is lost, as after its pages have
    // left the cache.
    void fail_sync(Dice& dice);
    // The power goes: what is not durable becomes any subset of itself, `corrupt_percent` of that
    // garbled; in some cuts all or nothing survives.
    void cut_power(Dice& dice, std::uint64_t corrupt_percent);

    std::size_t pending_sectors() const { return pending_.size(); }

private:
    void take_over(std::size_t sector);
    void forget(std::size_t sector);
    void garble(std::size_t sector, Dice& dice);

    std::vector<std::byte> visible_;
    std::vector<std::byte> durable_;
    std::vector<std::size_t> pending_;  // sectors
};

}  // namespace daybook::simulation

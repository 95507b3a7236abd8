#include "tests/simulation/disk.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace daybook::simulation {

void Disk::write(std::size_t offset, Bytes bytes) {
    CHECK_INVARIANT(offset % kSectorBytes == 0, "whole sectors are written");
    const std::size_t end =
        (offset + bytes.size() + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
    if (end > visible_.size()) {
        visible_.resize(end);
        durable_.resize(end);
    }
    std::ranges::copy(bytes, visible_.begin() + static_cast<std::ptrdiff_t>(offset));
    std::fill(visible_.begin() + static_cast<std::ptrdiff_t>(offset + bytes.size()),
              visible_.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
    for (std::size_t at = offset; at < end; at += kSectorBytes)
        pending_.push_back(at / kSectorBytes);
}

void Disk::take_over(std::size_t sector) {
    std::memcpy(&durable_[sector * kSectorBytes], &visible_[sector * kSectorBytes], kSectorBytes);
}

void Disk::forget(std::size_t sector) {
    std::memcpy(&visible_[sector * kSectorBytes], &durable_[sector * kSectorBytes], kSectorBytes);
}

void Disk::sync() {
    for (const std::size_t sector : pending_)
        take_over(sector);
    pending_.clear();
}

void Disk::fail_sync(Dice& dice) {
    const std::uint64_t kept_percent = dice.chance(30) ? 100 : dice.between(0, 100);
    for (const std::size_t sector : pending_) {
        if (dice.chance(kept_percent)) {
            take_over(sector);
        } else {
            forget(sector);
        }
    }
    pending_.clear();
}

// What a disk may have of a sector that it was writing: a torn one, nothing, anything.
void Disk::garble(std::size_t sector, Dice& dice) {
    std::byte* const bytes = &durable_[sector * kSectorBytes];
    switch (dice.below(4)) {
        case 0: {
            const std::size_t torn_at = dice.below(kSectorBytes);
            std::memcpy(bytes, &visible_[sector * kSectorBytes], torn_at);
            return;
        }
        case 1:
            std::memset(bytes, 0, kSectorBytes);
            return;
        case 2:
            take_over(sector);
            bytes[dice.below(kSectorBytes)] ^= static_cast<std::byte>(1 + dice.below(255));
            return;
        default:
            for (std::size_t i = 0; i < kSectorBytes; i += 8) {
                const std::uint64_t word = dice.next();
                std::memcpy(bytes + i, &word, sizeof word);
            }
    }
}

void Disk::cut_power(Dice& dice, std::uint64_t corrupt_percent) {
    const std::uint64_t how = dice.below(10);
    const std::uint64_t kept_percent = how == 0 ? 0 : (how <= 3 ? 100 : dice.between(1, 99));
    const bool is_garbled = how > 1 && corrupt_percent != 0;
    for (const std::size_t sector : pending_) {
        if (is_garbled && dice.chance(corrupt_percent)) {
            garble(sector, dice);
        } else if (dice.chance(kept_percent)) {
            take_over(sector);
        }
        forget(sector);
    }
    pending_.clear();
}

}  // namespace daybook::simulation

// What is wrong with what a power cut left; empty when nothing is. Each is judged by a process of
// its own: damage may end it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace daybook::power_loss {

// Seqs of which somebody was told that they are durable; in a backup, and in what was restored.
struct Promises {
    std::uint64_t ledger = 0;
    std::uint64_t backup = 0;
    std::uint64_t restored = 0;
};

// A data directory verifies, and its head is no older than what was `promised`. Its projection may
// be lost: then the journal alone must do. `aside` is an empty place to work in.
std::string judge_ledger(const std::filesystem::path& data, const std::filesystem::path& aside,
                         std::uint64_t promised);

// A start with the snapshot gives the book, and the answers to every key, that the journal alone
// gives. Nothing in `data` changes.
std::string judge_snapshot(const std::filesystem::path& data, const std::filesystem::path& aside);

// It is what its manifest names, and that is no older than what was `promised`.
std::string judge_backup(const std::filesystem::path& directory, std::uint64_t promised);

// A restored book is not there, unless it was `promised`, or is all that was backed up.
std::string judge_restored(const std::filesystem::path& data, const std::filesystem::path& aside,
                           std::uint64_t promised, std::uint64_t backed_up);

}  // namespace daybook::power_loss

// The work both systems are given: one seeded file of operations, the same bytes for each of them.
// Some repeat an earlier one (same key, same content); some ask for more than there is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace daybook::bench {

// 32 bytes in the file, as they lie in memory.
struct Operation {
    Id128 key;
    std::uint32_t from = 0;  // accounts by index, from 0
    std::uint32_t to = 0;
    std::uint64_t amount = 0;
    friend bool operator==(const Operation&, const Operation&) = default;
};
static_assert(sizeof(Operation) == 32);

enum class Shape : std::uint8_t {
    graph,  // any account pays any other
    hot,    // account 0 pays or is paid, every time
    duel,   // the operations 2i and 2i + 1 both want all that account i has
};
Result<Shape> parse_shape(std::string_view text);

struct Plan {
    Shape shape = Shape::graph;
    std::uint64_t seed = 1;
    std::uint32_t accounts = 10;
    std::uint64_t count = 1'000'000;
    std::uint64_t amount_max = 1000;
    unsigned replays_per_mille = 50;
    unsigned declines_per_mille = 20;
};

// More than all accounts together ever have.
inline constexpr std::uint64_t kNeverCovered = 1'000'000'000'000'000;

// A plan's operations, without end: when the last was given it starts over with keys of a new lap.
class Operations {
public:
    static Operations make(const Plan& plan);
    static Result<Operations> read(const std::filesystem::path& file);
    Result<void> write(const std::filesystem::path& file) const;

    std::uint64_t count() const { return operations_.size(); }
    Operation at(std::uint64_t index) const;
    // The index of the operation that first had this key.
    std::uint64_t original_of(std::uint64_t index) const;

private:
    explicit Operations(std::vector<Operation> operations) : operations_{std::move(operations)} {}

    std::vector<Operation> operations_;
};

}  // namespace daybook::bench

#include "bench/postgres/operations.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string>

#include "bench/random.h"

namespace daybook::bench {

namespace {

// How far behind its first sending a repeat comes at most.
constexpr std::uint64_t kReplayDistanceMax = 10'000;

// The first half is the seed's and the lap's, the second the operation's: in time order, as UUIDv7
// are, which both systems' indexes like best.
Id128 key_of(std::uint64_t space, std::uint64_t number) {
    Id128 key;
    const std::uint64_t first = __builtin_bswap64(space);
    const std::uint64_t second = __builtin_bswap64(number);
    std::memcpy(key.bytes.data(), &first, sizeof first);
    std::memcpy(key.bytes.data() + sizeof first, &second, sizeof second);
    return key;
}

std::uint64_t half_of(const Id128& key, std::size_t offset) {
    std::uint64_t half = 0;
    std::memcpy(&half, key.bytes.data() + offset, sizeof half);
    return __builtin_bswap64(half);
}

Operation new_operation(const Plan& plan, std::uint64_t index, Random& random) {
    // 2^20 laps of each seed.
    Operation operation{key_of((plan.seed + 1) << 20, index), 0, 0, 0};
    const std::uint64_t one = random.below(plan.accounts);
    const auto other =
        static_cast<std::uint32_t>((one + 1 + random.below(plan.accounts - 1)) % plan.accounts);
    operation.from = static_cast<std::uint32_t>(one);
    operation.to = other;
    operation.amount = 1 + random.below(plan.amount_max);
    if (plan.shape == Shape::hot) {
        const auto partner = static_cast<std::uint32_t>(1 + random.below(plan.accounts - 1));
        const bool is_payer = random.below(2) == 0;
        operation.from = is_payer ? 0 : partner;
        operation.to = is_payer ? partner : 0;
    }
    if (random.below(1000) < plan.declines_per_mille) operation.amount = kNeverCovered;
    if (plan.shape == Shape::duel) {
        const std::uint32_t half = plan.accounts / 2;
        operation.from = static_cast<std::uint32_t>(index / 2) % half;
        operation.to = operation.from + half;
        operation.amount = plan.amount_max;
    }
    return operation;
}

}  // namespace

Result<Shape> parse_shape(std::string_view text) {
    if (text == "graph") return Shape::graph;
    if (text == "hot") return Shape::hot;
    if (text == "duel") return Shape::duel;
    return fail(ErrorCode::usage, "a shape is graph, hot or duel");
}

Operations Operations::make(const Plan& plan) {
    Random random{plan.seed};
    std::vector<Operation> operations;
    operations.reserve(plan.count);
    for (std::uint64_t i = 0; i < plan.count; ++i) {
        const bool is_replay = i > 0 && random.below(1000) < plan.replays_per_mille;
        if (is_replay) {
            const std::uint64_t back = 1 + random.below(std::min(i, kReplayDistanceMax));
            operations.push_back(operations[i - back]);
        } else {
            operations.push_back(new_operation(plan, i, random));
        }
    }
    return Operations{std::move(operations)};
}

Operation Operations::at(std::uint64_t index) const {
    Operation operation = operations_[index % operations_.size()];
    const std::uint64_t lap = index / operations_.size();
    if (lap > 0) operation.key = key_of(half_of(operation.key, 0) + lap, half_of(operation.key, 8));
    return operation;
}

std::uint64_t Operations::original_of(std::uint64_t index) const {
    const std::uint64_t in_lap = index % operations_.size();
    return index - in_lap + half_of(operations_[in_lap].key, 8);
}

Result<Operations> Operations::read(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary | std::ios::ate};
    if (!in) return fail(ErrorCode::not_found, "cannot read '" + file.string() + "'");
    std::vector<Operation> operations(static_cast<std::size_t>(in.tellg()) / sizeof(Operation));
    in.seekg(0);
    in.read(reinterpret_cast<char*>(operations.data()),
            static_cast<std::streamsize>(operations.size() * sizeof(Operation)));
    if (!in || operations.empty()) {
        return fail(ErrorCode::bad_input, "'" + file.string() + "' has no operations");
    }
    return Operations{std::move(operations)};
}

Result<void> Operations::write(const std::filesystem::path& file) const {
    std::ofstream out{file, std::ios::binary};
    out.write(reinterpret_cast<const char*>(operations_.data()),
              static_cast<std::streamsize>(operations_.size() * sizeof(Operation)));
    out.close();
    if (!out) return fail(ErrorCode::cannot_create, "cannot write '" + file.string() + "'");
    return {};
}

}  // namespace daybook::bench

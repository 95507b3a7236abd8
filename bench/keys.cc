#include "bench/keys.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "bench/environment.h"
#include "bench/key_indexes.h"
#include "bench/process.h"
#include "bench/random.h"

namespace daybook::bench {

namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kBatch = std::uint64_t{1} << 19;  // as the keeper's
constexpr std::uint64_t kProbes = 1'000'000;
constexpr std::uint64_t kHits = 20'000;
constexpr std::uint64_t kLookAhead = 8;  // as the sequencer's

enum class Order { time, random };

// Key number `n`: a UUIDv7 of ten keys a microsecond, or one whose bits are all random.
Id128 key_of(Order order, std::uint64_t n) {
    Random random{n};
    Id128 key;
    std::uint64_t high = random.next();
    const std::uint64_t low = random.next();
    if (order == Order::time) {
        const std::uint64_t milliseconds = 1'770'000'000'000 + n / 10'000;
        high = (milliseconds << 16) | 0x7000 | (n % 10'000 * 4096 / 10'000);
    }
    high = __builtin_bswap64(high);
    std::memcpy(key.bytes.data(), &high, sizeof high);
    std::memcpy(key.bytes.data() + 8, &low, sizeof low);
    return key;
}

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>{SteadyClock::now() - start}.count();
}

double bytes_on_disk(const fs::path& directory) {
    double bytes = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{directory, error}) {
        struct stat file{};
        if (stat(entry.path().c_str(), &file) == 0)
            bytes += 512.0 * static_cast<double>(file.st_blocks);
    }
    return bytes;
}

// A directory that is gone afterwards.
class Scratch {
public:
    explicit Scratch(fs::path path) : path_{std::move(path)} {
        std::error_code error;
        fs::remove_all(path_, error);
        fs::create_directories(path_, error);
    }
    ~Scratch() {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    Scratch(Scratch&&) = delete;
    Scratch& operator=(Scratch&&) = delete;

    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

class Run {
public:
    Run(const KeysOptions& options, StopSignals& signals, KeysRow& row, Order order)
        : options_{options}, signals_{signals}, row_{row}, order_{order} {}

    template <typename Index>
    Result<void> fill(Index& index) {
        const std::uint64_t batches = (row_.keys + kBatch - 1) / kBatch;
        const std::uint64_t last_tenth = batches - std::max<std::uint64_t>(batches / 10, 1);
        std::vector<BoundKey> batch;
        double inserting = 0;
        double at_last_tenth = 0;
        for (std::uint64_t i = 0; i < batches; ++i) {
            batch.clear();
            for (std::uint64_t n = i * kBatch; n < (i + 1) * kBatch; ++n)
                batch.push_back({key_of(order_, n), Seq{n + 1}});
            if (i == last_tenth) at_last_tenth = inserting;
            const auto start = SteadyClock::now();
            if (auto done = index.insert(batch); !done) return done;
            inserting += seconds_since(start);
            if (signals_.has_come()) return fail(ErrorCode::try_again, "stopped");
            if (options_.on_progress)
                options_.on_progress(row_.index + ", " + row_.order, (i + 1) * kBatch);
        }
        row_.keys = batches * kBatch;
        row_.inserted_per_second = static_cast<double>(row_.keys) / inserting;
        row_.last_tenth_per_second =
            static_cast<double>((batches - last_tenth) * kBatch) / (inserting - at_last_tenth);
        return {};
    }

    // Old keys, all over.
    template <typename Index>
    Result<void> hit(const Index& index) {
        Random random{1};
        const auto start = SteadyClock::now();
        for (std::uint64_t i = 0; i < kHits; ++i) {
            const auto found = index.find(key_of(order_, random.next() % row_.keys));
            if (!found) return std::unexpected{found.error()};
            if (*found == 0) return fail(ErrorCode::damaged, "a key was lost");
        }
        row_.hit_microseconds = 1e6 * seconds_since(start) / kHits;
        return {};
    }

    Result<void> miss(const RunsIndex& index) {
        const auto keys = new_keys();
        std::uint64_t in_files = 0;
        const auto start = SteadyClock::now();
        for (std::uint64_t i = 0; i < kProbes; ++i) {
            index.prefetch(keys[i + kLookAhead]);
            if (!index.looks_into_files(keys[i])) continue;
            ++in_files;
            if (const auto found = index.find(keys[i]); !found)
                return std::unexpected{found.error()};
        }
        row_.miss_nanoseconds = 1e9 * seconds_since(start) / kProbes;
        row_.miss_file_share = static_cast<double>(in_files) / kProbes;
        return {};
    }
    Result<void> miss(const TreeIndex& index) {
        const auto keys = new_keys();
        const auto start = SteadyClock::now();
        for (std::uint64_t i = 0; i < kProbes; ++i) {
            if (const auto found = index.find(keys[i]); !found)
                return std::unexpected{found.error()};
        }
        row_.miss_nanoseconds = 1e9 * seconds_since(start) / kProbes;
        row_.miss_file_share = 1;
        return {};
    }

private:
    // Those that come next.
    std::vector<Id128> new_keys() const {
        std::vector<Id128> keys;
        for (std::uint64_t i = 0; i < kProbes + kLookAhead; ++i)
            keys.push_back(key_of(order_, row_.keys + i));
        return keys;
    }

    const KeysOptions& options_;
    StopSignals& signals_;
    KeysRow& row_;
    Order order_;
};

Result<KeysRow> measure(const KeysOptions& options, StopSignals& signals, bool is_tree,
                        Order order) {
    const Scratch scratch{options.dir / "daybook-bench-keys"};
    KeysRow row;
    row.index = is_tree ? "tree" : "runs";
    row.order = order == Order::time ? "time" : "random";
    row.keys = is_tree ? std::min(options.keys, options.tree_keys_max) : options.keys;
    Run run{options, signals, row, order};
    Result<void> done;
    if (is_tree) {
        const auto tree = TreeIndex::open(scratch.path());
        if (!tree) return std::unexpected{tree.error()};
        done = run.fill(**tree);
        if (done) done = run.miss(**tree);
        if (done) done = run.hit(**tree);
    } else {
        RunsIndex runs{scratch.path()};
        done = run.fill(runs);
        if (done) done = run.miss(runs);
        if (done) done = run.hit(runs);
        const auto start = SteadyClock::now();
        if (done) done = runs.reopen();
        row.open_seconds = seconds_since(start);
        row.memory_bytes_per_key = runs.memory_bytes() / static_cast<double>(row.keys);
    }
    if (!done) return std::unexpected{done.error()};
    row.disk_bytes_per_key = bytes_on_disk(scratch.path()) / static_cast<double>(row.keys);
    return row;
}

}  // namespace

Result<std::vector<KeysRow>> run_keys(const KeysOptions& options) {
    constexpr double kRunBytes = 50;  // a key's, runs being merged
    constexpr double kTreeBytes = 200;
    const auto tree_keys = std::min(options.keys, options.tree_keys_max);
    const auto has_room =
        check_room(options.dir, std::max(kRunBytes * static_cast<double>(options.keys),
                                         kTreeBytes * static_cast<double>(tree_keys)));
    if (!has_room) return std::unexpected{has_room.error()};
    StopSignals signals;
    std::vector<KeysRow> rows;
    for (const bool is_tree : {false, true}) {
        for (const Order order : {Order::time, Order::random}) {
            auto row = measure(options, signals, is_tree, order);
            if (!row) return std::unexpected{row.error()};
            rows.push_back(*std::move(row));
        }
    }
    return rows;
}

}  // namespace daybook::bench

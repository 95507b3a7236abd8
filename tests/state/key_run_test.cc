#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "state/key_hash.h"
#include "state/key_runs.h"
#include "tests/sequencer/support.h"
#include "tests/state/support.h"

using namespace daybook;
using namespace daybook::tests;
using namespace daybook::state;

namespace {

const Id128 kBook = id_of(0xb0);
constexpr KeyHash::Seeds kSeeds{0x243f6a8885a308d3, 0x13198a2e03707345, 0xa4093822299f31d1,
                                0x082efa98ec4e6c89};

std::vector<KeyEntry> random_entries(std::size_t count, std::uint64_t seed,
                                     std::uint64_t first_seq) {
    std::mt19937_64 random{seed};
    std::vector<KeyEntry> entries(count);
    for (auto& entry : entries)
        entry = {random(), first_seq++};
    std::ranges::sort(entries);
    return entries;
}

std::shared_ptr<const KeyRun> make_run(const std::filesystem::path& directory,
                                       const std::vector<KeyEntry>& entries, Seq first, Seq last,
                                       std::vector<std::shared_ptr<const KeyRun>> merged = {}) {
    const auto info = write_run(directory, kBook, first, last, entries, merged);
    REQUIRE(info);
    auto run = KeyRun::open(directory, kBook, *info);
    REQUIRE(run);
    return *run;
}

// All Seqs under a hash.
std::vector<Seq> seqs_of(const KeyRuns& runs, std::uint64_t hash) {
    std::vector<Seq> seqs;
    const auto found = runs.find(hash, [&](Seq seq) -> Result<bool> {
        seqs.push_back(seq);
        return false;
    });
    REQUIRE(found);
    CHECK_FALSE(*found);
    return seqs;
}

std::size_t not_found(const KeyRuns& runs, const std::vector<KeyEntry>& entries) {
    std::size_t missing = 0;
    for (const KeyEntry& entry : entries) {
        const auto found =
            runs.find(entry.hash, [&](Seq seq) -> Result<bool> { return seq == Seq{entry.seq}; });
        if (!runs.may_hold(entry.hash) || !found || *found != Seq{entry.seq}) ++missing;
    }
    return missing;
}

}  // namespace

TEST_CASE("every key of a run is found, whatever its size", "[state][keys][I2]") {
    const TemporaryDirectory directory;
    for (const std::size_t count : {1UL, 2UL, 31UL, 32UL, 33UL, 1000UL, 200'000UL}) {
        const auto entries = random_entries(count, count, 1);
        const KeyRuns runs{{make_run(directory.path(), entries, Seq{1}, Seq{count})}};
        CHECK(not_found(runs, entries) == 0);
        CHECK(runs.key_count() == count);
    }
}

TEST_CASE("the filter takes few keys for one it has never seen", "[state][keys]") {
    const TemporaryDirectory directory;
    constexpr std::size_t kCount = 200'000;
    const KeyRuns runs{
        {make_run(directory.path(), random_entries(kCount, 1, 1), Seq{1}, Seq{kCount})}};
    std::size_t taken = 0;
    std::mt19937_64 random{2};
    for (std::size_t i = 0; i < kCount; ++i) {
        if (runs.may_hold(random())) ++taken;
    }
    CHECK(taken < kCount / 250);
    CHECK(runs.memory_bytes() * 8 <= kCount * 18);
}

TEST_CASE("keys of one hash are all found, the oldest first", "[state][keys][I2]") {
    const TemporaryDirectory directory;
    const auto first = make_run(directory.path(), {{7, 1}, {7, 4}, {8, 2}}, Seq{1}, Seq{4});
    const auto second = make_run(directory.path(), {{6, 5}, {7, 6}}, Seq{5}, Seq{6});
    const KeyRuns runs{{first, second}};
    CHECK(seqs_of(runs, 7) == std::vector<Seq>{Seq{1}, Seq{4}, Seq{6}});
    CHECK(seqs_of(runs, 9).empty());
    const KeyRuns merged{{make_run(directory.path(), {{7, 7}}, Seq{1}, Seq{7}, {first, second})}};
    CHECK(seqs_of(merged, 7) == std::vector<Seq>{Seq{1}, Seq{4}, Seq{6}, Seq{7}});
    CHECK(seqs_of(merged, 8) == std::vector<Seq>{Seq{2}});
}

TEST_CASE("entries are sorted as by comparing them", "[state][keys]") {
    for (const std::size_t count : {0UL, 1UL, 2UL, 17UL, 5000UL, 100'000UL}) {
        auto entries = random_entries(count, 3, 1);
        std::ranges::shuffle(entries, std::mt19937_64{4});
        for (std::size_t i = 0; i + 9 < count; i += 10)
            entries[i].hash = entries[i + 9].hash;
        auto expected = entries;
        std::ranges::sort(expected);
        sort_entries(entries);
        CHECK(entries == expected);
    }
}

TEST_CASE("a merged run holds what its parts held", "[state][keys][I2]") {
    const TemporaryDirectory directory;
    std::vector<std::shared_ptr<const KeyRun>> parts;
    std::vector<KeyEntry> all;
    std::uint64_t seq = 1;
    for (std::uint64_t part = 0; part < 5; ++part) {
        const auto entries = random_entries(10'000 + part * 7, part, seq);
        const Seq first{seq};
        seq += entries.size();
        parts.push_back(make_run(directory.path(), entries, first, Seq{seq - 1}));
        all.insert(all.end(), entries.begin(), entries.end());
    }
    const auto batch = random_entries(3000, 99, seq);
    all.insert(all.end(), batch.begin(), batch.end());
    const auto merged =
        make_run(directory.path(), batch, Seq{1}, Seq{seq + 2999}, std::move(parts));
    CHECK(merged->info().count == all.size());
    CHECK(not_found(KeyRuns{{merged}}, all) == 0);
    std::ranges::sort(all);
    SectionReader entries = merged->entries();
    std::size_t wrong = 0;
    for (const KeyEntry& expected : all) {
        KeyEntry entry;
        REQUIRE(entries.read_row(entry));
        if (entry != expected) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("runs grow so that there are few of them", "[state][keys]") {
    const TemporaryDirectory directory;
    std::vector<std::shared_ptr<const KeyRun>> runs;
    std::size_t most = 0;
    std::uint64_t seq = 0;
    for (std::uint64_t batch = 0; batch < 300; ++batch) {
        const auto entries = random_entries(10, batch, seq + 1);
        seq += entries.size();
        const std::size_t merged = KeyRuns{runs}.runs_to_merge(entries.size());
        std::vector<std::shared_ptr<const KeyRun>> parts{runs.end() - std::ptrdiff_t(merged),
                                                         runs.end()};
        runs.resize(runs.size() - merged);
        const Seq first = runs.empty() ? Seq{1} : runs.back()->info().last_seq.next();
        runs.push_back(make_run(directory.path(), entries, first, Seq{seq}, std::move(parts)));
        most = std::max(most, runs.size());
    }
    CHECK(KeyRuns{runs}.key_count() == 3000);
    CHECK(most <= 6);  // each is more than three times as large as those behind it
}

TEST_CASE("runs that would pass the limit together stay apart", "[state][keys]") {
    const TemporaryDirectory directory;
    const KeyRuns runs{{make_run(directory.path(), random_entries(100, 1, 1), Seq{1}, Seq{100})}};
    CHECK(runs.runs_to_merge(50) == 1);
    CHECK(runs.runs_to_merge(50, 149) == 0);
    CHECK(runs.runs_to_merge(50, 150) == 1);
}

TEST_CASE("a billion keys are in few runs, none of which takes long to write", "[state][keys]") {
    constexpr std::uint64_t kBatch = 4'000'000;
    std::vector<std::uint64_t> counts;
    std::uint64_t all = 0;
    std::uint64_t written = 0;
    while (all < 1'000'000'000) {
        all += kBatch;
        const std::size_t merged = runs_to_merge(counts, kBatch);
        const auto kept = counts.end() - static_cast<std::ptrdiff_t>(merged);
        const std::uint64_t made = std::accumulate(kept, counts.end(), kBatch);
        counts.erase(kept, counts.end());
        counts.push_back(made);
        written += made;
        REQUIRE(made <= std::max(std::uint64_t{1} << 25, all / 8));
        REQUIRE(counts.size() <= 24);
    }
    CHECK(written <= 5 * all);
}

TEST_CASE("the first of very many entries of one hash is found by reading few pages",
          "[state][keys]") {
    // A reference that half of all entries have.
    const TemporaryDirectory directory;
    constexpr std::uint64_t kUses = 100'000;
    auto entries = random_entries(kUses, 1, 1);
    const std::uint64_t popular = entries[kUses / 2].hash;
    for (std::uint64_t n = 1; n <= kUses; ++n)
        entries.push_back({popular, kUses + n});
    std::ranges::sort(entries);
    const KeyRuns runs{{make_run(directory.path(), entries, Seq{1}, Seq{2 * kUses})}};
    std::size_t asked = 0;
    const auto found = runs.find(popular, [&](Seq seq) -> Result<bool> {
        ++asked;
        return seq > Seq{kUses};
    });
    REQUIRE(found);
    CHECK(*found == Seq{kUses + 1});
    CHECK(asked <= 2);
    CHECK(seqs_of(runs, popular).size() == kUses + 1);
    CHECK(not_found(runs, {entries.front(), entries.back()}) == 0);
}

TEST_CASE("rot after a run was opened is found by a look-up and by a merge", "[state][keys][I2]") {
    const TemporaryDirectory directory;
    const auto entries = random_entries(1000, 1, 1);
    const auto run = make_run(directory.path(), entries, Seq{1}, Seq{1000});
    const auto path = directory.path() / file_name_of(run->info());
    const std::string good = read_all(path);
    // In place, as rot comes: the run has the file open.
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    const std::size_t place = good.size() - 16 * (1000 - 500);  // entry 500
    file.seekp(static_cast<std::streamoff>(place));
    file.put(static_cast<char>(good[place] ^ 1));
    file.close();
    const KeyRuns runs{{run}};
    const auto is_it = [](Seq) -> Result<bool> { return true; };
    CHECK(runs.find(entries[500].hash, is_it).error().code == ErrorCode::damaged);
    CHECK(runs.find(entries[0].hash, is_it).value() == Seq{entries[0].seq});
    const auto merged = write_run(directory.path(), kBook, Seq{1}, Seq{1001},
                                  random_entries(1, 2, 1001), runs.runs());
    CHECK(merged.error().code == ErrorCode::damaged);
}

TEST_CASE("a run with any bit changed is refused", "[state][keys]") {
    const TemporaryDirectory directory;
    const auto entries = random_entries(40, 1, 1);
    const auto info = make_run(directory.path(), entries, Seq{1}, Seq{40})->info();
    const auto path = directory.path() / file_name_of(info);
    const std::string good = read_all(path);
    std::size_t accepted = 0;
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        write_all(path, with_flipped_bit(good, bit));
        if (KeyRun::open(directory.path(), kBook, info)) ++accepted;
    }
    CHECK(accepted == 0);
    write_all(path, good.substr(0, good.size() - 1));
    CHECK(KeyRun::open(directory.path(), kBook, info).error().code == ErrorCode::damaged);
    write_all(path, good);
    CHECK(KeyRun::open(directory.path(), id_of(1), info).error().code == ErrorCode::damaged);
    CHECK(KeyRun::open(directory.path(), kBook, info));
}

TEST_CASE("hashes differ by key, by producer and by seed", "[state][keys]") {
    const KeyHash hash{kSeeds};
    const KeyHash other{{kSeeds[1], kSeeds[0], kSeeds[2], kSeeds[3]}};
    CHECK(hash(id_of(1), ProducerId{1}) != hash(id_of(1), ProducerId{2}));
    CHECK(hash(id_of(1), ProducerId{1}) != hash(id_of(2), ProducerId{1}));
    CHECK(hash(id_of(1), ProducerId{1}) != other(id_of(1), ProducerId{1}));
    // Neighbours, as counters and times make them, spread over the whole range.
    std::map<std::uint64_t, int> buckets;
    for (std::uint64_t n = 0; n < 64'000; ++n)
        ++buckets[hash(key_of_number(n), kLoopbackProducer) >> 58];
    CHECK(buckets.size() == 64);
    for (const auto& [bucket, count] : buckets) {
        CHECK(count > 800);
        CHECK(count < 1200);
    }
}

TEST_CASE("references that share a beginning have digests of their own", "[state][keys]") {
    const KeyHash hash{kSeeds};
    CHECK(hash.digest("invoice 1") != hash.digest("invoice 10"));
    CHECK(hash.digest("invoice") != hash.digest(std::string_view{"invoice\0", 8}));
    CHECK(hash.digest("12345678") != hash.digest("123456789"));
}

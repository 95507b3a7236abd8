#include "sequencer/key_index.h"

#include "tests/lighter.h"
#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;

namespace {

// The index with the hashes that its users compute.
class KeyIndex {
public:
    std::optional<Seq> bind(const Id128& key, ProducerId producer, Seq seq) {
        return keys_.bind(hash_(key, producer), key, producer, seq);
    }
    std::optional<Seq> find(const Id128& key, ProducerId producer) const {
        return keys_.find(hash_(key, producer), key, producer);
    }
    std::size_t size() const { return keys_.size(); }

private:
    state::KeyHash hash_;
    sequencer::KeyIndex keys_{hash_};
};

}  // namespace

TEST_CASE("a key is bound once and keeps its first Seq", "[sequencer][keys][I2]") {
    KeyIndex keys;
    const ProducerId producer{1};
    CHECK(keys.bind(id_of(1), producer, Seq{7}) == std::nullopt);
    CHECK(keys.bind(id_of(1), producer, Seq{8}) == Seq{7});
    CHECK(keys.find(id_of(1), producer) == Seq{7});
    CHECK(keys.size() == 1);
}

TEST_CASE("a key belongs to its producer", "[sequencer][keys][I2]") {
    KeyIndex keys;
    CHECK(keys.bind(id_of(1), ProducerId{1}, Seq{1}) == std::nullopt);
    CHECK(keys.find(id_of(1), ProducerId{2}) == std::nullopt);
    CHECK(keys.bind(id_of(1), ProducerId{2}, Seq{2}) == std::nullopt);
    CHECK(keys.find(id_of(1), ProducerId{1}) == Seq{1});
}

TEST_CASE("a million keys are all found again after the index has grown", "[sequencer][keys]") {
    KeyIndex keys;
    constexpr std::uint64_t kCount = lighter(1'000'000);
    std::uint64_t wrong = 0;
    for (std::uint64_t n = 1; n <= kCount; ++n) {
        if (keys.bind(key_of_number(n), kLoopbackProducer, Seq{n})) ++wrong;
    }
    for (std::uint64_t n = 1; n <= kCount; ++n) {
        if (keys.find(key_of_number(n), kLoopbackProducer) != Seq{n}) ++wrong;
        if (keys.find(key_of_number(n + kCount), kLoopbackProducer)) ++wrong;
    }
    CHECK(wrong == 0);
    CHECK(keys.size() == kCount);
}

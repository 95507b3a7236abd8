#include "proof/proof.h"

#include <catch2/catch.hpp>

#include "proof/proof_text.h"
#include "proof/prover.h"
#include "tests/cli/journal_maker.h"

namespace daybook::proof {

namespace {

using cli::test::JournalMaker;
using cli::test::Place;

constexpr std::uint64_t kRecords = 21;

// A block a record.
void fill(JournalMaker& journal) {
    journal.add_basics();
    for (std::uint8_t number = 6; number <= kRecords; ++number)
        journal.add(JournalMaker::transfer(number, 1, 2, number));
}

template <typename T>
T must(Result<T> result) {
    if (!result) FAIL(result.error().detail);
    return *std::move(result);
}

// That every turned bit of the text is refused or proves nothing.
void check_every_bit(const std::string& text) {
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        std::string turned = text;
        turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << (bit % 8)));
        const auto proof = read_proof(turned);
        if (!proof) continue;
        const auto fault = std::visit([](const auto& found) { return find_fault(found); }, *proof);
        if (!fault) FAIL("bit " << bit << " turned, and it still proves: " << turned);
    }
    SUCCEED();
}

}  // namespace

TEST_CASE("every record is proven to be in every head behind it", "[proof][I17]") {
    const Place place;
    JournalMaker journal{place};
    fill(journal);
    auto snapshot = must(journal::Snapshot::open(journal.environment()));
    Prover prover{snapshot};
    for (std::uint64_t last = 1; last <= kRecords; ++last) {
        const auto head = must(prover.block_ending(Seq{last}));
        for (std::uint64_t seq = 1; seq <= last; ++seq) {
            const auto proof = must(prover.prove_record(Seq{seq}, head));
            CHECK_FALSE(find_fault(proof));
            CHECK(proof.head.hash == head.hash);
            const auto again = must(read_proof(to_text(proof)));
            CHECK(to_text(std::get<Inclusion>(again)) == to_text(proof));
        }
        CHECK_FALSE(prover.prove_record(Seq{last + 1}, head));
    }
}

TEST_CASE("every head is proven to extend every head before it", "[proof][I17]") {
    const Place place;
    JournalMaker journal{place};
    fill(journal);
    auto snapshot = must(journal::Snapshot::open(journal.environment()));
    Prover prover{snapshot};
    for (std::uint64_t last = 0; last <= kRecords; ++last) {
        const auto head = must(prover.block_ending(Seq{last}));
        for (std::uint64_t seq = 0; seq <= last; ++seq) {
            const auto old_head = must(prover.block_ending(Seq{seq}));
            const auto proof = must(prover.prove_extension(old_head, head));
            CHECK_FALSE(find_fault(proof));
            if (seq != last) CHECK_FALSE(prover.prove_extension(head, old_head));
        }
    }
}

TEST_CASE("a head of another history is not extended", "[proof][I17]") {
    const Place place;
    const Place other;
    JournalMaker journal{place};
    fill(journal);
    JournalMaker another{other};
    another.add_basics();
    another.add(JournalMaker::transfer(6, 1, 2, 7));
    auto snapshot = must(journal::Snapshot::open(journal.environment()));
    auto forked = must(journal::Snapshot::open(another.environment()));
    Prover prover{snapshot};
    const auto refused = prover.prove_extension(forked.head(), snapshot.head());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::damaged);

    auto proof = must(prover.prove_extension(must(prover.block_ending(Seq{6})), snapshot.head()));
    proof.old_head = forked.head();
    CHECK(find_fault(proof));
}

TEST_CASE("a proof with any bit turned proves nothing", "[proof][I17]") {
    const Place place;
    JournalMaker journal{place};
    fill(journal);
    auto snapshot = must(journal::Snapshot::open(journal.environment()));
    Prover prover{snapshot};
    const auto head = snapshot.head();
    check_every_bit(to_text(must(prover.prove_record(Seq{9}, head))));
    check_every_bit(to_text(must(prover.prove_record(Seq{kRecords}, head))));
    check_every_bit(to_text(must(prover.prove_extension(must(prover.block_ending(Seq{6})), head))));
}

TEST_CASE("what is no proof is refused", "[proof]") {
    for (const char* text :
         {"", "{}", "[]", "null", R"({"proof":"inclusion 2"})",
          R"({"proof":"inclusion 1","seq":"1"})", R"({"proof":"inclusion 3"})"}) {
        const auto proof = read_proof(text);
        REQUIRE_FALSE(proof);
        CHECK(proof.error().code == ErrorCode::bad_input);
    }
}

}  // namespace daybook::proof

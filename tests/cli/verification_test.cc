#include "cli/verification.h"

#include <catch2/catch.hpp>

#include "cli/projection_check.h"
#include "journal/reader.h"
#include "projector/projector.h"
#include "tests/cli/journal_maker.h"

namespace daybook::cli {

namespace {

using test::JournalMaker;
using test::key;
using test::Place;

Verification verified(const Place& place, std::vector<Anchor> anchors = {}) {
    auto result = verify(DataDirectory{place.path()}, std::move(anchors));
    if (!result) FAIL(result.error().detail);
    return *std::move(result);
}

// The finding in a journal whose sixth record was altered, with good records after it.
Finding finding_of(const Command& command, const JournalMaker::Alter& alter) {
    const Place place;
    {
        JournalMaker journal{place};
        journal.add_basics();
        journal.add(command, alter);
        journal.add(JournalMaker::transfer(200, 1, 3, 5));
    }
    const auto result = verified(place);
    REQUIRE(result.finding);
    CHECK(result.finding->seq == Seq{6});
    CHECK(result.head_seq == Seq{5});
    return *result.finding;
}

const Transfer kGood = JournalMaker::transfer(6, 2, 3, 400);
const Transfer kOverdraft = JournalMaker::transfer(6, 2, 3, 5000);

journal::BlockInfo head_of(const JournalMaker& journal) {
    const auto snapshot = journal::Snapshot::open(journal.environment());
    REQUIRE(snapshot);
    return snapshot->head();
}

void project(const Place& place, const std::shared_ptr<journal::Environment>& environment) {
    auto projector = projector::Projector::open(environment, place.projection());
    if (!projector) FAIL(projector.error().detail);
    REQUIRE((*projector)->catch_up());
}

}  // namespace

TEST_CASE("a sound journal is clean", "[cli][verify]") {
    const Place place;
    {
        JournalMaker journal{place};
        journal.add_basics();
        journal.add(kGood);
        journal.add(JournalMaker::transfer(7, 2, 3, 5000));
        journal.add(PostEntry{
            key(8),
            {{{{}, "users:bob"}, Side::debit, Amount{0, 100}},
             {{AccountNumber{2}, {}}, Side::credit, Amount{0, 100}}},
            {.reference = "order 7", .description = "back", .tag = {}, .effective_at = {}}});
        journal.add(VoidKey{key(9)});
    }
    const auto result = verified(place);
    CHECK_FALSE(result.finding);
    CHECK(result.accepted == 7);
    CHECK(result.rejected == 2);
    CHECK(result.accounts == 3);
    CHECK(result.assets == 1);
    CHECK(result.head_seq == Seq{9});
    CHECK(result.head.number == 9);
    CHECK(result.projection == ProjectionState::absent);
}

TEST_CASE("an empty journal is clean", "[cli][verify]") {
    const Place place;
    {
        const JournalMaker journal{place};
    }
    const auto result = verified(place);
    CHECK_FALSE(result.finding);
    CHECK(result.head_seq == Seq{});
}

TEST_CASE("a wrong after-image is found with account and both values", "[cli][verify]") {
    const auto finding = finding_of(kGood, [](Decision& decision) {
        decision.touches[1].after.posted_credits = Amount{0, 401};
    });
    CHECK(finding.account == "users:bob (number 3)");
    CHECK(finding.what == "posted_credits");
    CHECK(finding.stored == "401");
    CHECK(finding.recomputed == "400");
}

TEST_CASE("a wrong version or back pointer is found", "[cli][verify]") {
    auto finding = finding_of(kGood, [](Decision& decision) { ++decision.touches[0].version; });
    CHECK(finding.what == "version");
    finding = finding_of(kGood, [](Decision& decision) { decision.touches[0].links.prev = {}; });
    CHECK(finding.what == "prev");
    CHECK(finding.stored == "none");
    CHECK(finding.recomputed == "5.1");
    finding = finding_of(kGood, [](Decision& decision) {
        decision.touches[0].links.jump = TouchPointer{Seq{4}, 0};
    });
    CHECK(finding.what == "jump");
    CHECK(finding.account == "users:alice (number 2)");
}

TEST_CASE("a touch of another account is found", "[cli][verify]") {
    const auto finding = finding_of(
        kGood, [](Decision& decision) { decision.touches[1].account = AccountNumber{1}; });
    CHECK(finding.what == "account");
    CHECK(finding.stored == "bank:cash (number 1)");
    CHECK(finding.recomputed == "users:bob (number 3)");
}

TEST_CASE("an overdraft that was accepted is found", "[cli][verify]") {
    const auto finding = finding_of(kOverdraft, [](Decision& decision) {
        decision.clear();
        decision.touches.push_back(
            {AccountNumber{2}, 2, {}, {Amount{0, 5000}, Amount{0, 1000}, {}, {}}});
        decision.touches.push_back({AccountNumber{3}, 1, {}, {{}, Amount{0, 5000}, {}, {}}});
    });
    CHECK(finding.what == "outcome");
    CHECK(finding.stored == "accepted");
    CHECK(finding.recomputed == "rejected insufficient_funds");
}

TEST_CASE("a command that was rejected for no reason is found", "[cli][verify]") {
    const auto finding = finding_of(kGood, [](Decision& decision) {
        decision.clear();
        decision.kind = Decision::Kind::rejected;
        decision.rejection = Rejection::account_frozen;
    });
    CHECK(finding.stored == "rejected account_frozen");
    CHECK(finding.recomputed == "accepted");
}

TEST_CASE("a wrong reason or wrong figures of a rejection are found", "[cli][verify]") {
    auto finding = finding_of(
        kOverdraft, [](Decision& decision) { decision.rejection = Rejection::limit_exceeded; });
    CHECK(finding.what == "outcome");
    finding = finding_of(
        kOverdraft, [](Decision& decision) { decision.remarks[0].x = SignedAmount{Int128{1}}; });
    CHECK(finding.what == "remarks");
}

TEST_CASE("a key that was bound twice is found", "[cli][verify]") {
    const Place place;
    {
        JournalMaker journal{place};
        journal.add_basics();
        journal.add(JournalMaker::transfer(5, 1, 2, 7));
        journal.add(JournalMaker::transfer(200, 1, 3, 5));
    }
    const auto result = verified(place);
    REQUIRE(result.finding);
    CHECK(result.finding->seq == Seq{6});
    CHECK(result.finding->what.find("was bound at seq 5 already") != std::string::npos);
}

TEST_CASE("an anchor holds as long as the journal goes on from it", "[cli][verify]") {
    const Place place;
    const Place other;
    std::optional<Anchor> anchor;
    {
        JournalMaker journal{place};
        journal.add_basics();
        JournalMaker another{other};
        another.add_basics();
        anchor = Anchor{"kept", head_of(journal).hash, Seq{5}, {}};
        journal.add(kGood);
        another.add(JournalMaker::transfer(6, 1, 2, 1));
    }
    auto result = verified(place, {*anchor});
    CHECK_FALSE(result.finding);
    CHECK(result.anchors_held == 1);
    // Without its seq it is looked for in the whole chain.
    CHECK(verified(other, {{"kept", anchor->hash, {}, {}}}).anchors_held == 1);

    result = verified(other, {*anchor, {"head", verified(place).head.hash, Seq{6}, {}}});
    REQUIRE(result.finding);
    CHECK(result.finding->seq == Seq{6});
    CHECK(result.finding->what.find("the chain's head at seq 6 is not that of anchor head") == 0);

    result = verified(place, {{"later", anchor->hash, Seq{7}, {}}});
    REQUIRE(result.finding);
    CHECK(result.finding->seq == Seq{7});
    CHECK(result.finding->what == "the journal ends at seq 6, before anchor later");

    result = verified(place, {{"none", {}, {}, {}}});
    REQUIRE(result.finding);
    CHECK(result.finding->what.find("no block is anchor none") == 0);
}

TEST_CASE("an account number out of order is found", "[cli][verify]") {
    const auto finding =
        finding_of(OpenAccount{key(6), "users:carol", "USD", AccountType::liability, {}},
                   [](Decision& decision) { decision.subject = 5; });
    CHECK(finding.what == "subject");
    CHECK(finding.stored == "5");
    CHECK(finding.recomputed == "4");
}

TEST_CASE("a projection is compared where it stands, also behind the journal", "[cli][verify]") {
    const Place place;
    {
        JournalMaker journal{place};
        journal.add_basics();
        journal.add(kGood);
        project(place, journal.environment());
    }
    auto result = verified(place);
    CHECK_FALSE(result.finding);
    CHECK(result.projection == ProjectionState::equal);
    CHECK(result.watermark == Seq{6});
}

TEST_CASE("a projection behind the journal is fine, ahead of it is a finding", "[cli][verify]") {
    const Place longer;
    const Place shorter;
    {
        JournalMaker journal{longer};
        journal.add_basics();
        project(longer, journal.environment());
        journal.add(kGood);
    }
    auto result = verified(longer);
    CHECK_FALSE(result.finding);
    CHECK(result.projection == ProjectionState::equal);
    CHECK(result.watermark == Seq{5});
    CHECK(result.head_seq == Seq{6});
    {
        JournalMaker journal{shorter};
        journal.add(DefineAsset{key(1), "USD", 2});
    }
    std::filesystem::copy(longer.projection(), shorter.projection(),
                          std::filesystem::copy_options::recursive);
    result = verified(shorter);
    REQUIRE(result.finding);
    CHECK(result.finding->what == "the projection is ahead of the journal");
    CHECK(result.projection == ProjectionState::different);
}

TEST_CASE("a projection of another history is a finding", "[cli][verify]") {
    const Place place;
    const Place other;
    {
        JournalMaker journal{place};
        journal.add_basics();
        JournalMaker another{other};
        another.add_basics();
        another.add(JournalMaker::transfer(6, 1, 2, 1));
        project(other, another.environment());
        journal.add(kGood);
    }
    std::filesystem::copy(other.projection(), place.projection(),
                          std::filesystem::copy_options::recursive);
    const auto result = verified(place);
    REQUIRE(result.finding);
    CHECK(result.finding->what == "the projection's block hash");
}

TEST_CASE("the first value that differs in a projection is named", "[cli][verify]") {
    const Place place;
    JournalMaker journal{place};
    journal.add_basics();
    project(place, journal.environment());
    const auto balances = projector::Balances::open(place.projection());
    REQUIRE(balances);
    const auto view = (*balances)->view();
    REQUIRE(view);
    auto same = compare_projection(*view, journal.book());
    REQUIRE(same);
    CHECK_FALSE(*same);

    journal.add(kGood);  // the book moves on, the view stays
    const auto different = compare_projection(*view, journal.book());
    REQUIRE(different);
    REQUIRE(*different);
    CHECK((*different)->account == "users:alice (number 2)");
    CHECK((*different)->what == "the projection's version");
    CHECK((*different)->stored == "1");
    CHECK((*different)->recomputed == "2");
}

TEST_CASE("without a journal there is nothing to verify", "[cli][verify]") {
    const Place place;
    const auto result = verify(DataDirectory{place.path()});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::not_found);
}

}  // namespace daybook::cli

#include "sequencer/core.h"

#include <vector>

#include "journal/writer.h"
#include "schema/submission.h"
#include "sequencer/recovery.h"
#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;
using schema::MessageKind;

namespace {

constexpr std::size_t kBlockBytes = 1 << 20;

// A core with an open block and no journal behind it.
struct Bench {
    explicit Bench(const std::filesystem::path& directory) {
        if (!journal::Environment::exists(directory / "journal")) {
            REQUIRE(journal::Environment::create(directory / "journal", book, Stamp{1}));
        }
        environment =
            *journal::Environment::open(directory / "journal", journal::Access::read_write);
        auto opened = sequencer::RecordFinder::open(environment);
        REQUIRE(opened);
        finder.emplace(*std::move(opened));
        core.emplace(*finder);
        block.begin(Seq{1}, Stamp{1000});
        finder->set_blocks(&block, nullptr);
    }

    std::vector<schema::Receipt> execute(Bytes message) {
        const auto submission = schema::SubmissionView::parse(message, book);
        REQUIRE(submission);
        receipts.begin(submission->header(), book);
        std::size_t done = 0;
        REQUIRE(core->execute(*submission, kLoopbackProducer, block, receipts, done));
        REQUIRE(done == submission->count());
        std::vector<std::byte> answer(receipts.message_bytes());
        receipts.write(core->head(), answer);
        return schema::decode_receipts(answer).value();
    }

    Id128 book = id_of(0xb0);
    std::shared_ptr<journal::Environment> environment;
    journal::BlockBuilder block{kBlockBytes};
    std::optional<sequencer::RecordFinder> finder;
    std::optional<sequencer::Core> core;
    schema::ReceiptsBuilder receipts;
};

Bytes commands(schema::SubmissionBuilder& to, const Id128& book,
               const std::vector<Command>& stated) {
    to.begin(MessageKind::commands, book, 1);
    for (const auto& command : stated)
        REQUIRE(to.add_command(command));
    return to.message();
}

std::vector<Command> opening() {
    return {DefineAsset{id_of(1), "USD", 2},
            OpenAccount{id_of(2), "bank", "USD", AccountType::asset, {}},
            OpenAccount{
                id_of(3), "alice", "USD", AccountType::liability, {SignedAmount{}, std::nullopt}}};
}

Bytes transfers(schema::SubmissionBuilder& to, const Id128& book,
                const std::vector<Transfer>& stated) {
    to.begin(MessageKind::transfers, book, 2);
    for (const auto& one : stated)
        REQUIRE(to.add_transfer(one));
    return to.message();
}

}  // namespace

TEST_CASE("accepted and rejected commands take one Seq each, malformed and refused ones none",
          "[sequencer][core][I3]") {
    const TemporaryDirectory directory;
    Bench bench{directory.path()};
    schema::SubmissionBuilder message;
    REQUIRE(bench.execute(commands(message, bench.book, opening())).back().seq == Seq{3});

    const auto receipts =
        bench.execute(transfers(message, bench.book,
                                {transfer(id_of(9), 1, 2, 100), transfer(id_of(10), 1, 2, 0),
                                 transfer(id_of(11), 2, 1, 101), transfer(id_of(9), 1, 2, 5),
                                 transfer(id_of(12), 1, 77, 5), transfer(id_of(13), 2, 1, 100)}));
    REQUIRE(receipts.size() == 6);
    CHECK(receipts[0].seq == Seq{4});
    CHECK(receipts[1].verdict == Verdict::malformed);
    CHECK(receipts[1].code == code_of(Malformation::amount_zero));
    CHECK(receipts[1].seq == Seq{});
    CHECK(receipts[2].code == code_of(Rejection::insufficient_funds));
    CHECK(receipts[2].seq == Seq{5});
    CHECK(receipts[3].verdict == Verdict::refused);
    CHECK(receipts[3].seq == Seq{});
    CHECK(receipts[4].code == code_of(Rejection::account_not_found));
    CHECK(receipts[4].subject == 77);
    CHECK(receipts[4].seq == Seq{6});
    CHECK(receipts[5].seq == Seq{7});
    CHECK(bench.core->head() == Seq{7});
    CHECK(bench.block.record_count() == 7);
}

TEST_CASE("a malformed command leaves its key free", "[sequencer][core][I2]") {
    const TemporaryDirectory directory;
    Bench bench{directory.path()};
    schema::SubmissionBuilder message;
    bench.execute(commands(message, bench.book, opening()));
    const auto receipts = bench.execute(transfers(
        message, bench.book, {transfer(id_of(9), 1, 2, 0), transfer(id_of(9), 1, 2, 100)}));
    CHECK(receipts[0].verdict == Verdict::malformed);
    CHECK(receipts[1].verdict == Verdict::accepted);
}

TEST_CASE("a block is a pure function of the commands, the stamp and the producer",
          "[sequencer][core][I7]") {
    const TemporaryDirectory first_directory;
    const TemporaryDirectory second_directory;
    Bench first{first_directory.path()};
    Bench second{second_directory.path()};
    schema::SubmissionBuilder message;
    std::vector<Transfer> stated;
    for (std::uint64_t n = 1; n <= 1000; ++n) {
        stated.push_back(transfer(key_of_number(n), n % 3, (n + 1) % 3, n * 7 % 50));
    }
    for (Bench* bench : {&first, &second}) {
        bench->execute(commands(message, bench->book, opening()));
        bench->execute(transfers(message, bench->book, stated));
    }
    REQUIRE(first.block.record_count() == second.block.record_count());
    std::size_t differences = 0;
    for (Seq seq{1}; seq <= first.core->head(); seq = seq.next()) {
        if (!std::ranges::equal(first.block.record(seq), second.block.record(seq))) ++differences;
    }
    CHECK(differences == 0);
}

TEST_CASE("a message never adds more to a block than its worst case", "[sequencer][core]") {
    const TemporaryDirectory directory;
    Bench bench{directory.path()};
    schema::SubmissionBuilder message;
    bench.execute(commands(message, bench.book, opening()));
    PostEntry entry{id_of(20), {}};
    entry.particulars.reference.assign(128, 'r');
    entry.particulars.description.assign(256, 'd');
    for (int i = 0; i < 127; ++i) {
        entry.postings.push_back({AccountRef{AccountNumber{1}, {}}, Side::debit, Amount{2}});
        entry.postings.push_back({AccountRef{AccountNumber{2}, {}}, Side::credit, Amount{2}});
    }
    const auto before = bench.block.payload_bytes();
    const auto bytes = commands(message, bench.book, {entry});
    CHECK(bench.execute(bytes)[0].verdict == Verdict::accepted);
    CHECK(bench.block.payload_bytes() - before <= sequencer::Core::room_for(bytes.size()));
}

TEST_CASE("replaying the journal rebuilds the same book", "[sequencer][core][I7]") {
    const TemporaryDirectory directory;
    schema::SubmissionBuilder message;
    Bench bench{directory.path()};
    bench.execute(commands(message, bench.book, opening()));
    std::vector<Transfer> stated;
    for (std::uint64_t n = 1; n <= 500; ++n)
        stated.push_back(transfer(key_of_number(n), 1, 2, n));
    for (std::uint64_t n = 501; n <= 900; ++n)
        stated.push_back(transfer(key_of_number(n), 2, 1, n));
    bench.execute(transfers(message, bench.book, stated));
    auto writer = journal::Writer::open(bench.environment);
    REQUIRE(writer);
    REQUIRE((*writer)->append(bench.block));

    sequencer::Core again{*bench.finder};
    auto snapshot = journal::Snapshot::open(bench.environment);
    REQUIRE(snapshot);
    REQUIRE(sequencer::recover(*snapshot, again, {}));
    CHECK(again.head() == bench.core->head());
    CHECK(again.keys_in_memory() == bench.core->keys_in_memory());
    for (std::uint64_t n = 1; n <= 2; ++n) {
        const auto* before = bench.core->book().find(AccountNumber{n});
        const auto* after = again.book().find(AccountNumber{n});
        CHECK(after->totals == before->totals);
        CHECK(after->version == before->version);
        CHECK(after->history.last() == before->history.last());
    }
}

#include "state/keeper.h"

#include <algorithm>
#include <set>

#include "journal/writer.h"
#include "ledger/outcome.h"
#include "schema/receipts.h"
#include "schema/submission.h"
#include "sequencer/recovery.h"
#include "state/manifest.h"
#include "tests/sequencer/support.h"
#include "tests/state/support.h"

using namespace daybook;
using namespace daybook::tests;
using state::Keeper;

namespace {

const Id128 kBook = id_of(0xb0, 0x0c);

// A sequencer's core on a journal, one command a block, restarted from the snapshot at will.
class Ledger {
public:
    explicit Ledger(const std::filesystem::path& directory) : directory_{directory} {
        if (!journal::Environment::exists(directory / "journal"))
            REQUIRE(journal::Environment::create(directory / "journal", kBook, Stamp{1}));
        environment_ =
            journal::Environment::open(directory / "journal", journal::Access::read_write).value();
        writer_ = journal::Writer::open(environment_).value();
        finder_.emplace(sequencer::RecordFinder::open(environment_).value());
        core_.emplace(*finder_);
    }

    const std::shared_ptr<journal::Environment>& environment() const { return environment_; }
    std::filesystem::path state() const { return directory_ / "state"; }
    const sequencer::Core& core() const { return *core_; }

    std::unique_ptr<Keeper> keeper() const { return Keeper::open(environment_, state()).value(); }

    // From the snapshot and the journal's tail.
    void recover(const Keeper& keeper) {
        REQUIRE(core_->take_over(keeper));
        replay();
    }
    // From the journal alone.
    void replay() {
        auto snapshot = journal::Snapshot::open(environment_).value();
        REQUIRE(sequencer::recover(snapshot, *core_, {}));
    }

    schema::Receipt execute(const Command& command) {
        schema::SubmissionBuilder message;
        const auto* transfer = std::get_if<Transfer>(&command);
        message.begin(
            transfer != nullptr ? schema::MessageKind::transfers : schema::MessageKind::commands,
            kBook, 1, 0);
        REQUIRE(
            (transfer != nullptr ? message.add_transfer(*transfer) : message.add_command(command)));
        const auto view = schema::SubmissionView::parse(message.message(), kBook).value();
        block_.begin(core_->next_seq(),
                     Stamp{static_cast<std::int64_t>(core_->next_seq().value())});
        finder_->set_blocks(&block_, nullptr);
        schema::ReceiptsBuilder receipts;
        receipts.begin(view.header(), kBook);
        std::size_t done = 0;
        REQUIRE(core_->execute(view, kLoopbackProducer, block_, receipts, done));
        finder_->set_blocks(nullptr, nullptr);
        if (!block_.is_empty()) REQUIRE(writer_->append(block_));
        std::vector<std::byte> answer(receipts.message_bytes());
        receipts.write(core_->head(), answer);
        return schema::decode_receipts(answer).value().front();
    }

    void open_accounts() {
        execute(DefineAsset{id_of(1), "USD", 2});
        execute(OpenAccount{id_of(2), "bank", "USD", AccountType::asset, {}});
        execute(OpenAccount{id_of(3), "alice", "USD", AccountType::liability, {}});
    }
    // Everything that leaves more behind than totals.
    void do_more(std::uint64_t n) {
        const auto key = [&](std::uint8_t kind) {
            return Id128{{kind, std::uint8_t(n), std::uint8_t(n >> 8)}};
        };
        if (n % 5 == 0) {
            const auto placed = execute(PlaceHold{key(1),
                                                  {AccountNumber{1}, {}},
                                                  {{}, "alice"},
                                                  Amount{9},
                                                  Stamp{1'000'000'000 + std::int64_t(n)}});
            last_hold_ = EntryId{placed.seq, 0};
        }
        if (n % 10 == 1) execute(CaptureHold{key(2), last_hold_, Amount{4}});
        if (n % 15 == 2) execute(ReleaseHold{key(3), last_hold_});
        if (n % 7 == 3)
            execute(SetAccountState{key(4),
                                    {{}, "alice"},
                                    n % 2 == 0 ? AccountState::frozen_debits : AccountState::open});
        if (n % 6 == 1) {
            const Seq last = core_->head();
            execute(ReverseEntry{key(6), EntryId{last, 0}, {Amount{1}, Amount{1}}});
            execute(ReverseEntry{key(7), EntryId{last, 0}, {Amount{2}, Amount{2}}});
        }
        if (n % 11 == 4)
            execute(SetLimits{key(5), {{}, "bank"}, {SignedAmount{-Int128{1'000'000}}, {}}});
    }
    schema::Receipt pay(std::uint64_t n) { return execute(transfer(key_of_number(n), 1, 2, n)); }

private:
    std::filesystem::path directory_;
    std::shared_ptr<journal::Environment> environment_;
    std::unique_ptr<journal::Writer> writer_;
    std::optional<sequencer::RecordFinder> finder_;
    std::optional<sequencer::Core> core_;
    journal::BlockBuilder block_{std::size_t{1} << 20};
    EntryId last_hold_;
};

void check_equal(const Book& left, const Book& right) {
    REQUIRE(left.account_count() == right.account_count());
    REQUIRE(left.asset_count() == right.asset_count());
    for (std::uint64_t n = 1; n <= left.account_count(); ++n) {
        const AccountNumber number{n};
        CHECK(left.find(number)->totals == right.find(number)->totals);
        CHECK(left.find(number)->version == right.find(number)->version);
        CHECK(left.find(number)->asset == right.find(number)->asset);
        CHECK(left.find(number)->type == right.find(number)->type);
        CHECK(left.find(number)->state == right.find(number)->state);
        CHECK(left.find(number)->min == right.find(number)->min);
        CHECK(left.find(number)->max == right.find(number)->max);
        CHECK(left.terms(number).code == right.terms(number).code);
        CHECK(left.terms(number).limits == right.terms(number).limits);
        CHECK(left.terms(number).opened == right.terms(number).opened);
        const auto& history = left.find(number)->history;
        REQUIRE(history.depth() == right.find(number)->history.depth());
        for (std::size_t i = 0; i < history.depth(); ++i)
            CHECK(history.root(i) == right.find(number)->history.root(i));
    }
}

void check_equal_holds(const Book& left, const Book& right, Seq head) {
    CHECK(left.holds().open_ids() == right.holds().open_ids());
    CHECK(left.holds().next_expiry() == right.holds().next_expiry());
    std::size_t ended = 0;
    for (Seq seq{1}; seq <= head; seq = seq.next()) {
        const EntryId id{seq, 0};
        CHECK(left.holds().state_of(id) == right.holds().state_of(id));
        const Hold* open = left.holds().find_open(id);
        if (open != nullptr) CHECK(*open == *right.holds().find_open(id));
        if (open == nullptr && left.holds().state_of(id)) ++ended;
        const auto* reversed = left.find_reversed(id);
        const auto* expected = right.find_reversed(id);
        REQUIRE((reversed == nullptr) == (expected == nullptr));
        if (reversed != nullptr) CHECK(*reversed == *expected);
    }
    CHECK(ended > 0);
}

std::set<std::string> names_in(const std::filesystem::path& directory) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{directory})
        names.insert(entry.path().filename().string());
    return names;
}

}  // namespace

TEST_CASE("a book that was saved and loaded is the one that the journal makes", "[state][I16]") {
    const TemporaryDirectory directory;
    {
        Ledger ledger{directory.path()};
        ledger.open_accounts();
        for (std::uint64_t n = 1; n <= 300; ++n) {
            ledger.pay(n);
            ledger.do_more(n);
            // Saved at odd places, so that every length of a history is continued.
            if (n % 37 == 0) REQUIRE(ledger.keeper()->catch_up());
        }
    }
    Ledger from_snapshot{directory.path()};
    const auto keeper = from_snapshot.keeper();
    CHECK(keeper->book_seq() > Seq{300});
    from_snapshot.recover(*keeper);
    const TemporaryDirectory elsewhere;
    std::filesystem::copy(directory.path() / "journal", elsewhere.path() / "journal");
    std::filesystem::permissions(elsewhere.path() / "journal", std::filesystem::perms::owner_all);
    Ledger from_journal{elsewhere.path()};
    from_journal.replay();
    check_equal(from_snapshot.core().book(), from_journal.core().book());
    check_equal_holds(from_snapshot.core().book(), from_journal.core().book(),
                      from_journal.core().head());
}

TEST_CASE("a key that only the snapshot holds gets its first receipt", "[state][I2]") {
    const TemporaryDirectory directory;
    schema::Receipt first;
    {
        Ledger ledger{directory.path()};
        ledger.open_accounts();
        first = ledger.pay(7);
        REQUIRE(ledger.keeper()->catch_up());
    }
    Ledger ledger{directory.path()};
    ledger.recover(*ledger.keeper());
    CHECK(ledger.core().keys_in_memory() == 0);
    const auto again = ledger.pay(7);
    CHECK(again.is_replay);
    CHECK(again.seq == first.seq);
    const auto other = ledger.execute(transfer(key_of_number(7), 1, 2, 8));
    CHECK(other.verdict == Verdict::refused);
    CHECK(ledger.core().head() == first.seq);
}

TEST_CASE("keys that were saved later than the book do not hinder its replay", "[state][I16]") {
    // As when the process is killed between the two: the runs know what the book has yet to hear
    // of.
    const TemporaryDirectory directory;
    Particulars unique;
    unique.reference = "order 7";
    unique.is_reference_unique = true;
    const PlaceHold hold{id_of(9), {AccountNumber{1}, {}}, {AccountNumber{2}, {}}, Amount{5}, {},
                         unique};
    {
        Ledger ledger{directory.path()};
        ledger.open_accounts();
        REQUIRE(ledger.execute(hold).verdict == Verdict::accepted);
        ledger.pay(1);
        REQUIRE(ledger.keeper()->catch_up());
        auto manifest = state::read_manifest(ledger.state()).value();
        manifest.book_seq = Seq{};
        REQUIRE(state::write_manifest(ledger.state(), manifest));
    }
    Ledger ledger{directory.path()};
    const auto keeper = ledger.keeper();
    REQUIRE(keeper->book_seq() == Seq{});
    REQUIRE(keeper->published().seq > Seq{});
    ledger.recover(*keeper);
    CHECK(ledger.core().book().holds().open_count() == 1);
    CHECK(ledger.execute(hold).is_replay);
    PlaceHold again = hold;
    again.key = id_of(11);
    const auto taken = ledger.execute(again);
    CHECK(taken.code == code_of(Rejection::reference_exists));
    CHECK(taken.subject == 4);
}

TEST_CASE("a snapshot that has no room on its disk waits", "[state]") {
    const TemporaryDirectory directory;
    Ledger ledger{directory.path()};
    ledger.open_accounts();
    const std::uint64_t more_than_any_disk = ~std::uint64_t{0} / 2;
    {
        const auto keeper =
            Keeper::open(ledger.environment(), ledger.state(), more_than_any_disk).value();
        keeper->start();
        CHECK(keeper->stop());
        CHECK(keeper->book_seq() == Seq{});
    }
    const auto keeper = ledger.keeper();
    keeper->start();
    CHECK(keeper->stop());
    CHECK(keeper->book_seq() == Seq{3});
}

TEST_CASE("what a snapshot lacks is replayed, and nothing else", "[state]") {
    const TemporaryDirectory directory;
    {
        Ledger ledger{directory.path()};
        ledger.open_accounts();
        ledger.pay(1);
        REQUIRE(ledger.keeper()->catch_up());
        ledger.pay(2);
    }
    Ledger ledger{directory.path()};
    const auto keeper = ledger.keeper();
    CHECK(keeper->book_seq() == Seq{4});
    ledger.recover(*keeper);
    CHECK(ledger.core().head() == Seq{5});
    CHECK(ledger.core().keys_in_memory() == 1);
    CHECK(ledger.pay(1).is_replay);
    CHECK(ledger.pay(2).is_replay);
}

TEST_CASE("a snapshot of another journal is thrown away", "[state][I16]") {
    const TemporaryDirectory directory;
    const TemporaryDirectory elsewhere;
    {
        Ledger ledger{directory.path()};
        ledger.open_accounts();
        for (std::uint64_t n = 1; n <= 5; ++n)
            ledger.pay(n);
        REQUIRE(ledger.keeper()->catch_up());
        // The same book, but other commands: as after a backup was restored.
        Ledger other{elsewhere.path()};
        other.open_accounts();
        for (std::uint64_t n = 11; n <= 18; ++n)
            other.pay(n);
    }
    std::filesystem::copy(directory.path() / "state", elsewhere.path() / "state");
    std::filesystem::permissions(elsewhere.path() / "state", std::filesystem::perms::owner_all);
    Ledger ledger{elsewhere.path()};
    const auto keeper = ledger.keeper();
    CHECK(keeper->book_seq() == Seq{});
    CHECK(keeper->published().runs->key_count() == 0);
    REQUIRE(keeper->catch_up());
    CHECK(keeper->book_seq() == Seq{11});
}

TEST_CASE("a journal that ends before its snapshot has lost records, and is not served",
          "[state][I23]") {
    const TemporaryDirectory directory;
    const TemporaryDirectory elsewhere;
    {
        Ledger longer{directory.path()};
        Ledger shorter{elsewhere.path()};
        for (Ledger* ledger : {&longer, &shorter}) {
            ledger->open_accounts();
            ledger->pay(1);
        }
        longer.pay(2);
        REQUIRE(longer.keeper()->catch_up());
    }
    std::filesystem::copy(directory.path() / "state", elsewhere.path() / "state");
    std::filesystem::permissions(elsewhere.path() / "state", std::filesystem::perms::owner_all);
    const Ledger ledger{elsewhere.path()};
    const auto keeper = Keeper::open(ledger.environment(), ledger.state());
    REQUIRE_FALSE(keeper);
    CHECK(keeper.error().code == ErrorCode::damaged);
    CHECK(keeper.error().detail.find("records are lost") != std::string::npos);
}

TEST_CASE("a snapshot with any bit changed is rebuilt, never believed", "[state][I16]") {
    const TemporaryDirectory directory;
    Ledger ledger{directory.path()};
    ledger.open_accounts();
    for (std::uint64_t n = 1; n <= 5; ++n)
        ledger.pay(n);
    REQUIRE(ledger.keeper()->catch_up());
    const auto good = directory.path() / "good";
    std::filesystem::copy(ledger.state(), good);
    std::size_t believed = 0;
    for (const auto& name : names_in(good)) {
        const std::string content = read_all(good / name);
        for (std::size_t bit = 0; bit < content.size() * 8; bit += 7) {
            for (const auto& other : names_in(good))
                write_all(ledger.state() / other, read_all(good / other));
            write_all(ledger.state() / name, with_flipped_bit(content, bit));
            if (ledger.keeper()->book_seq() != Seq{}) ++believed;
        }
    }
    CHECK(believed == 0);
    REQUIRE(ledger.keeper()->catch_up());
    CHECK(ledger.keeper()->book_seq() == Seq{8});
}

TEST_CASE("files that the manifest does not name are removed", "[state]") {
    const TemporaryDirectory directory;
    Ledger ledger{directory.path()};
    ledger.open_accounts();
    REQUIRE(ledger.keeper()->catch_up());
    write_all(ledger.state() / "keys-4-9", "left by a crash");
    write_all(ledger.state() / "book-9", "left by a crash");
    write_all(ledger.state() / "note", "not ours");
    REQUIRE(ledger.keeper());
    CHECK(names_in(ledger.state()) ==
          std::set<std::string>{"manifest", "keys-1-3", "book-3", "note"});
}

TEST_CASE("a keeper that runs beside the sequencer saves what it has done when it stops",
          "[state]") {
    const TemporaryDirectory directory;
    {
        RunningSequencer running{directory.path()};
        const auto client = running.connect();
        open_accounts(*client);
        for (std::uint64_t n = 1; n <= 50; ++n)
            REQUIRE(client->execute(transfer(key_of_number(n), 1, 2, n)));
    }
    const auto manifest = state::read_manifest(directory.path() / "state");
    REQUIRE(manifest);
    CHECK(manifest->keys_seq == Seq{54});
    CHECK(manifest->book_seq == Seq{54});
    RunningSequencer running{directory.path()};
    const auto client = running.connect();
    const auto again = client->execute(transfer(key_of_number(9), 1, 2, 9));
    REQUIRE(again);
    CHECK(again->is_replay);
}

#include "tests/scenarios/journal_backend.h"

#include <vector>

#include "journal/writer.h"
#include "schema/submission.h"
#include "sequencer/recovery.h"
#include "state/keeper.h"
#include "tests/sequencer/support.h"

namespace daybook::scenarios {

namespace {
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr auto kWantTouches = static_cast<std::uint8_t>(schema::MessageFlag::want_touches);
constexpr auto kDryRun = static_cast<std::uint8_t>(schema::MessageFlag::dry_run);
}  // namespace

struct JournalBackend::Place {
    tests::TemporaryDirectory directory;
};

// Everything that lives from one opening of the journal to the next.
struct JournalBackend::Opened {
    std::shared_ptr<journal::Environment> environment;
    std::unique_ptr<journal::Writer> writer;
    std::unique_ptr<sequencer::RecordFinder> finder;
    std::unique_ptr<sequencer::Core> core;
    journal::BlockBuilder block{kBlockBytes};
    schema::SubmissionBuilder message;
    schema::ReceiptsBuilder receipts;

    schema::Receipt receipt() const {
        std::vector<std::byte> answer(receipts.message_bytes());
        receipts.write(core->head(), answer);
        return schema::decode_receipts(answer).value().front();
    }
    schema::SubmissionView view() {
        return schema::SubmissionView::parse(message.message(), environment->book()).value();
    }
};

JournalBackend::JournalBackend() : place_{std::make_unique<Place>()} {
    REQUIRE(journal::Environment::create(place_->directory.path() / "journal", tests::id_of(7),
                                         Stamp{1}));
    opened_ = reopen();
}

JournalBackend::~JournalBackend() = default;

std::unique_ptr<JournalBackend::Opened> JournalBackend::reopen() {
    auto opened = std::make_unique<Opened>();
    opened->environment = journal::Environment::open(place_->directory.path() / "journal",
                                                     journal::Access::read_write)
                              .value();
    opened->writer = journal::Writer::open(opened->environment).value();
    opened->finder = std::make_unique<sequencer::RecordFinder>(
        sequencer::RecordFinder::open(opened->environment).value());
    opened->core = std::make_unique<sequencer::Core>(*opened->finder);
    // The saved book is brought up to date now and then, so that some of what happened is in it,
    // some is not.
    const auto keeper =
        state::Keeper::open(opened->environment, place_->directory.path() / "state").value();
    if (++reopened_ % 3 == 0) REQUIRE(keeper->catch_up());
    REQUIRE(opened->core->take_over(*keeper));
    auto snapshot = journal::Snapshot::open(opened->environment).value();
    REQUIRE(sequencer::recover(snapshot, *opened->core, {}));
    return opened;
}

schema::Receipt JournalBackend::execute(const Command& command) {
    return submit(command, kWantTouches);
}

schema::Receipt JournalBackend::dry_run(const Command& command) {
    return submit(command, kWantTouches | kDryRun);
}

schema::Receipt JournalBackend::submit(const Command& command, std::uint8_t flags) {
    auto& [environment, writer, finder, core, block, message, receipts] = *opened_;
    const auto* transfer = std::get_if<Transfer>(&command);
    message.begin(
        transfer != nullptr ? schema::MessageKind::transfers : schema::MessageKind::commands,
        environment->book(), 1, flags);
    REQUIRE((transfer != nullptr ? message.add_transfer(*transfer) : message.add_command(command)));
    const auto submission = opened_->view();
    block.begin(core->next_seq(), now_);
    finder->set_blocks(&block, nullptr);
    receipts.begin(submission.header(), environment->book());
    if ((flags & kDryRun) != 0) {
        REQUIRE(core->dry_run(submission, kLoopbackProducer, now_, receipts));
    } else {
        std::size_t done = 0;
        REQUIRE(core->execute(submission, kLoopbackProducer, block, receipts, done));
    }
    const auto receipt = opened_->receipt();
    if (!block.is_empty()) REQUIRE(writer->append(block));
    finder->set_blocks(nullptr, nullptr);
    return receipt;
}

void JournalBackend::set_clock(Stamp now, std::uint64_t /*expiries*/) {
    now_ = now;
    auto& block = opened_->block;
    block.begin(opened_->core->next_seq(), now_);
    opened_->core->expire_due(block);
    if (!block.is_empty()) REQUIRE(opened_->writer->append(block));
}

schema::Receipt JournalBackend::outcome(const Id128& key) {
    auto& receipts = opened_->receipts;
    opened_->message.begin(schema::MessageKind::outcomes, opened_->environment->book(), 1,
                           static_cast<std::uint8_t>(schema::MessageFlag::want_touches));
    REQUIRE(opened_->message.add_key(key));
    const auto submission = opened_->view();
    receipts.begin(submission.header(), opened_->environment->book());
    REQUIRE(opened_->core->look_up(submission, kLoopbackProducer, receipts));
    return opened_->receipt();
}

std::optional<AccountView> JournalBackend::account(std::string_view code) {
    const Book& book = opened_->core->book();
    const auto number = book.find_account(code);
    if (!number) return std::nullopt;
    const Account& account = *book.find(*number);
    return AccountView{*number, account.type, account.totals, account.version};
}

Seq JournalBackend::head() {
    return opened_->core->head();
}

void JournalBackend::after_line() {
    opened_.reset();
    opened_ = reopen();
}

}  // namespace daybook::scenarios

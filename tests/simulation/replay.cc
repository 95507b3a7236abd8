// The part of the audit that makes the book again: by replaying the journal, and by deciding it
// once more.
#include <string>
#include <utility>

#include "base/check.h"
#include "schema/receipts.h"
#include "schema/submission.h"
#include "sequencer/recovery.h"
#include "tests/simulation/audit.h"

namespace daybook::simulation {

namespace {

bool is_same(const Account& one, const Account& other) {
    return one.totals == other.totals && one.version == other.version && one.state == other.state &&
           one.type == other.type && one.asset == other.asset;
}

// Sends a record's command again, as its producer did.
class Again {
public:
    Again(const Id128& book, sequencer::Core& core) : book_{book}, core_{core} {}

    void execute(const schema::RecordView& record, journal::BlockBuilder& block) {
        const bool is_transfer = record.kind() == CommandKind::transfer;
        message_.begin(is_transfer ? schema::MessageKind::transfers : schema::MessageKind::commands,
                       book_, 1);
        if (is_transfer) {
            Transfer transfer;
            const auto wrong = schema::decode_transfer(
                record.command_bytes().first<schema::kTransferBytes>(), transfer);
            CHECK_INVARIANT(wrong == Malformation::none, "a record's command is well formed");
            message_.add_transfer(transfer);
        } else {
            message_.add_command(*record.command());
        }
        const auto view = schema::SubmissionView::parse(message_.message(), book_);
        receipts_.begin(view->header(), book_);
        std::size_t done = 0;
        const auto executed = core_.execute(*view, record.producer(), block, receipts_, done);
        CHECK_INVARIANT(executed.has_value(), "memory does not fail");
    }

private:
    Id128 book_;
    sequencer::Core& core_;
    schema::SubmissionBuilder message_;
    schema::ReceiptsBuilder receipts_;
};

}  // namespace

void Audit::compare_with(const sequencer::Core& live) {
    sequencer::RecordFinder finder{journal_.reader()};
    sequencer::Core again{finder};
    const auto reader = journal_.reader();
    if (const auto replayed = sequencer::recover(*reader, again, {}); !replayed)
        return history_.violated("the journal cannot be replayed: " + replayed.error().detail);
    if (again.head() != live.head()) return history_.violated("replayed, it ends at another Seq");
    if (again.book().account_count() != live.book().account_count() ||
        again.book().account_count() != accounts_.all().size())
        return history_.violated("replayed, it has other accounts");
    for (std::uint64_t value = 1; value <= accounts_.all().size(); ++value) {
        const AccountNumber number{value};
        const Account& account = *live.book().find(number);
        const auto& own = *accounts_.find(number);
        if (!is_same(account, *again.book().find(number)) || account.totals != own.totals ||
            account.version != own.version ||
            live.book().terms(number).limits != again.book().terms(number).limits) {
            return history_.violated("replayed, account " + std::to_string(value) + " is another");
        }
    }
    if (again.book().holds().open_ids() != live.book().holds().open_ids())
        return history_.violated("replayed, other holds are open");
}

void Audit::decide_again(std::size_t block_bytes_max) {
    sequencer::RecordFinder finder{journal_.reader()};
    sequencer::Core core{finder, block_bytes_max};
    Again again{journal_.book(), core};
    journal::BlockBuilder block{std::size_t{64} << 10};
    const auto reader = journal_.reader();
    auto stored = reader->block_of(Seq{1});
    while (stored && *stored) {
        const journal::BlockView& view = **stored;
        block.begin(core.next_seq(), view.info().stamp);
        finder.set_blocks(&block, nullptr);
        core.expire_due(block);
        while (core.next_seq() <= view.info().last_seq()) {
            const auto record = schema::RecordView::parse(*view.record(core.next_seq()));
            if (record->kind() == CommandKind::expire_hold)
                return wrong(record->seq(), "decided again, nothing expires here");
            const Seq before = core.head();
            again.execute(*record, block);
            if (core.head() == before)
                return wrong(record->seq(), "decided again, it takes no Seq");
        }
        for (Seq seq = view.info().first_seq; seq <= view.info().last_seq(); seq = seq.next()) {
            if (!std::ranges::equal(block.record(seq), *view.record(seq)))
                return wrong(seq, "decided again, it comes out otherwise");
        }
        if (block.next_seq() != view.info().last_seq().next())
            return wrong(block.next_seq(), "decided again, its block ends elsewhere");
        finder.set_blocks(nullptr, nullptr);
        stored = reader->block_after(view.info());
    }
}

}  // namespace daybook::simulation

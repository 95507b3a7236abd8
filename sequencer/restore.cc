// The part of the core that replays the journal. Touches say what most records did; only what they
// cannot say is decided again.
#include <string>
#include <variant>

#include "base/check.h"
#include "sequencer/core.h"

namespace daybook::sequencer {

namespace {

std::unexpected<Error> does_not_follow(const schema::RecordView& record, const char* what) {
    return fail(ErrorCode::damaged, "record " + std::to_string(record.seq().value()) +
                                        " does not follow from the records before it: " + what +
                                        "; run `daybook verify`, or restore a backup");
}

bool changes_totals_only(CommandKind kind) {
    return kind == CommandKind::transfer || kind == CommandKind::post_entry;
}

bool is_in_range(Amount posted, Amount held) {
    const auto total = checked_add(posted, held);
    return total && *total <= kSideTotalMax;
}

// What any entry does: posted totals grow, within their range, and holds stay as they are.
bool follows(const Totals& before, const Totals& after) {
    return after.held_debits == before.held_debits && after.held_credits == before.held_credits &&
           after.posted_debits >= before.posted_debits &&
           after.posted_credits >= before.posted_credits &&
           is_in_range(after.posted_debits, after.held_debits) &&
           is_in_range(after.posted_credits, after.held_credits);
}

}  // namespace

Result<void> Core::take_over(const state::Keeper& snapshot) {
    CHECK_INVARIANT(head_ == Seq{}, "a core starts from a snapshot before anything else");
    keys_ = SeenKeys{snapshot.hash()};
    keys_.take(snapshot.published());
    if (auto loaded = snapshot.load(book_); !loaded) return loaded;
    head_ = snapshot.book_seq();
    return {};
}

Result<void> Core::restore(const schema::RecordView& record, Stamp stamp) {
    if (record.seq() != next_seq()) return does_not_follow(record, "its Seq is out of order");
    // The ledger's own commands have no key, and those the snapshot has were bound before.
    const bool has_key =
        record.kind() != CommandKind::expire_hold && record.seq() > keys_.older_seq();
    if (has_key) {
        const auto prior = bind_key(record.key(), record.producer());
        if (!prior) return std::unexpected{prior.error()};
        if (*prior) return does_not_follow(record, "its key is bound already");
    }
    if (record.verdict() == Verdict::accepted) {
        const auto restored = restore_effects(record, stamp);
        if (!restored) return restored;
    }
    head_ = record.seq();
    return {};
}

Result<void> Core::restore_effects(const schema::RecordView& record, Stamp stamp) {
    if (record.kind() == CommandKind::transfer) return restore_touches(record);
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    const auto restored = changes_totals_only(record.kind())
                              ? restore_touches(record)
                              : decide_again(record, *command, stamp);
    facts_.note_accepted(*command, record.seq());
    return restored;
}

Result<void> Core::restore_touches(const schema::RecordView& record) {
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        const Touch touch = record.touch(i);
        const Account* account = book_.find(touch.account);
        if (account == nullptr || account->version + 1 != touch.version) {
            return does_not_follow(record, "an account's version has a gap");
        }
        if (!follows(account->totals, touch.after)) {
            return does_not_follow(record, "an account's totals after it are impossible");
        }
        const TouchPointer place{record.seq(), static_cast<std::uint16_t>(i)};
        if (book_.install(touch, place) != touch.links) {
            return does_not_follow(record, "a back pointer is wrong");
        }
    }
    return {};
}

Result<void> Core::decide_again(const schema::RecordView& record, const Command& command,
                                Stamp stamp) {
    const auto facts = facts_.look_up(command, head_);
    if (!facts) return std::unexpected{facts.error()};
    decide(book_, *facts, command, Turn{record.seq(), stamp}, decision_);
    if (!decision_.is_accepted() || decision_.subject != record.subject()) {
        return does_not_follow(record, "it would not be accepted like this");
    }
    apply(book_, record.seq(), decision_);
    const bool is_same_size = record.touch_count() == decision_.touches.size();
    for (std::size_t i = 0; is_same_size && i < record.touch_count(); ++i) {
        if (record.touch(i) != decision_.touches[i]) {
            return does_not_follow(record, "an account's state after it is another");
        }
    }
    if (!is_same_size) return does_not_follow(record, "it touches other accounts");
    return {};
}

}  // namespace daybook::sequencer

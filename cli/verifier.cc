#include "cli/verifier.h"

#include <cstring>
#include <string>
#include <utility>

#include "cli/record_difference.h"

namespace daybook::cli {

std::optional<Finding> Verifier::check(Bytes stored, Stamp stamp) {
    const Seq seq = head_.next();
    const auto record = schema::RecordView::parse(stored);
    if (!record) return Finding{seq, {}, record.error().detail, {}, {}};
    if (record->seq() != seq) {
        return Finding{
            seq, {}, "seq", std::to_string(record->seq().value()), std::to_string(seq.value())};
    }
    if (auto finding = check_producer(*record, stamp)) return finding;
    if (auto decided = replay_.decide_again(*record, stamp); !decided) {
        return Finding{seq, {}, decided.error().detail, {}, {}};
    }
    if (auto finding = compare(*record, stored)) return finding;
    if (const auto asset = trial_.add(*record, book())) {
        return Finding{
            seq, {}, "the trial balance of " + book().asset(*asset).code + " is not zero", {}, {}};
    }
    head_ = seq;
    ++outcomes_[code_of(record->rejection())];
    return std::nullopt;
}

// The ledger's own commands are its expiries: without a key, and before any other of their block.
std::optional<Finding> Verifier::check_producer(const schema::RecordView& record, Stamp stamp) {
    const Seq seq = record.seq();
    const bool is_expiry = record.kind() == CommandKind::expire_hold;
    if (is_expiry != (record.producer() == kSystemProducer)) {
        return Finding{seq, {}, "its producer is not the one of its kind", {}, {}};
    }
    const auto due = book().holds().due_at(stamp);
    if (is_expiry) {
        const auto command = record.command();
        const auto* expiry = command ? std::get_if<ExpireHold>(&*command) : nullptr;
        if (due && expiry != nullptr && expiry->hold == *due) return std::nullopt;
        return Finding{seq, {}, "it expires another hold than the one that is due next", {}, {}};
    }
    if (due) {
        return Finding{seq, {}, "hold " + to_string(*due) + " was due and had not expired", {}, {}};
    }
    return std::nullopt;
}

std::optional<Finding> Verifier::compare(const schema::RecordView& record, Bytes stored) {
    const Bytes again = replay_.record_again(record);
    const bool is_same = stored.size() == again.size() &&
                         std::memcmp(stored.data(), again.data(), again.size()) == 0;
    if (is_same) [[likely]]
        return std::nullopt;
    auto found = describe_difference(record, replay_.decision(), book());
    return Finding{record.seq(), std::move(found.account), std::move(found.what),
                   std::move(found.stored), std::move(found.decided)};
}

}  // namespace daybook::cli

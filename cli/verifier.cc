#include "cli/verifier.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "cli/command_json.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

std::string describe(TouchPointer pointer) {
    if (pointer.is_none()) return "none";
    return std::to_string(pointer.seq().value()) + "." + std::to_string(pointer.touch());
}

// Every remark, in the form that `tail --json` prints.
std::string describe(const std::vector<Remark>& remarks) {
    JsonLine line;
    line.begin_array();
    for (const auto& remark : remarks)
        write_remark(line, remark);
    line.end_array();
    return line.str();
}

std::string outcome_name(Rejection rejection) {
    return rejection == Rejection::none ? "accepted"
                                        : "rejected " + std::string{name_of(rejection)};
}

// What else is in a record is derived from these.
struct Difference {
    std::string_view what;
    std::string stored;
    std::string recomputed;

    bool is_there() const { return stored != recomputed; }
};

std::optional<Finding> first_of(Seq seq, const std::string& account,
                                std::span<const Difference> differences) {
    const auto found = std::ranges::find_if(differences, &Difference::is_there);
    if (found == differences.end()) return std::nullopt;
    return Finding{seq, account, std::string{found->what}, found->stored, found->recomputed};
}

}  // namespace

std::string describe(const Book& book, AccountNumber number) {
    if (book.find(number) == nullptr) return "number " + std::to_string(number.value());
    return book.terms(number).code + " (number " + std::to_string(number.value()) + ")";
}

std::optional<Finding> Verifier::check(Bytes stored, Stamp stamp) {
    const Seq seq = head_.next();
    const auto record = schema::RecordView::parse(stored);
    if (!record) return Finding{seq, {}, record.error().detail, {}, {}};
    if (record->seq() != seq) {
        return Finding{
            seq, {}, "seq", std::to_string(record->seq().value()), std::to_string(seq.value())};
    }
    if (auto finding = check_producer(*record, stamp)) return finding;
    Bytes canonical;
    if (auto finding = decide_again(*record, stamp, canonical)) return finding;
    if (auto finding = compare(*record, stored, canonical)) return finding;
    if (const auto asset = trial_.add(*record, book_)) {
        return Finding{
            seq, {}, "the trial balance of " + book_.asset(*asset).code + " is not zero", {}, {}};
    }
    head_ = seq;
    if (record->verdict() == Verdict::accepted) ++accepted_;
    return std::nullopt;
}

// The ledger's own commands are its expiries: without a key, and before any other of their block.
std::optional<Finding> Verifier::check_producer(const schema::RecordView& record, Stamp stamp) {
    const Seq seq = record.seq();
    const bool is_expiry = record.kind() == CommandKind::expire_hold;
    if (is_expiry != (record.producer() == kSystemProducer)) {
        return Finding{seq, {}, "its producer is not the one of its kind", {}, {}};
    }
    const auto due = book_.holds().due_at(stamp);
    if (is_expiry) {
        const auto command = record.command();
        const auto* expiry = command ? std::get_if<ExpireHold>(&*command) : nullptr;
        if (due && expiry != nullptr && expiry->hold == *due) return std::nullopt;
        return Finding{seq, {}, "it expires another hold than the one that is due next", {}, {}};
    }
    if (due) {
        return Finding{seq, {}, "hold " + to_string(*due) + " was due and had not expired", {}, {}};
    }
    const auto hashed = keys_.hash()(record.key(), record.producer());
    if (const auto first = keys_.bind(hashed, record.key(), record.producer(), seq)) {
        return Finding{seq,
                       {},
                       "its key " + to_hex(record.key().bytes) + " was bound at seq " +
                           std::to_string(first->value()) + " already",
                       {},
                       {}};
    }
    return std::nullopt;
}

// Leaves the decision in decision_, applied, and the command's canonical bytes in `canonical`.
std::optional<Finding> Verifier::decide_again(const schema::RecordView& record, Stamp stamp,
                                              Bytes& canonical) {
    const Seq seq = record.seq();
    const auto command = record.command();
    if (!command) return Finding{seq, {}, command.error().detail, {}, {}};
    // A transfer's form is fixed and without padding, so decoding it has checked all of its bytes.
    canonical =
        record.kind() == CommandKind::transfer ? record.command_bytes() : encoder_.encode(*command);
    const auto facts = facts_.look_up(*command, head_);
    if (!facts) return Finding{seq, {}, facts.error().detail, {}, {}};
    decide(book_, *facts, *command, Turn{seq, stamp}, decision_);
    if (decision_.is_accepted()) {
        apply(book_, seq, decision_);
        facts_.note_accepted(*command, seq);
    }
    return std::nullopt;
}

std::optional<Finding> Verifier::compare(const schema::RecordView& record, Bytes stored,
                                         Bytes canonical) {
    recomputed_.assign(schema::record_bytes(canonical.size(), decision_), std::byte{});
    schema::encode_record(recomputed_, record.seq(), record.producer(), record.kind(), canonical,
                          decision_);
    if (std::ranges::equal(stored, recomputed_)) [[likely]]
        return std::nullopt;

    // Something differs; name it. The order is that of how much it explains.
    const std::array differences{
        Difference{"outcome", outcome_name(record.rejection()), outcome_name(decision_.rejection)},
        Difference{"subject", std::to_string(record.subject()), std::to_string(decision_.subject)},
        Difference{"remarks", describe(record.remarks()), describe(decision_.remarks)},
        Difference{"touches", std::to_string(record.touch_count()),
                   std::to_string(decision_.touches.size())},
    };
    if (auto finding = first_of(record.seq(), {}, differences)) return finding;
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        if (auto finding = compare_touch(record, i)) return finding;
    }
    return Finding{record.seq(), {}, "its command is not in canonical form", {}, {}};
}

std::optional<Finding> Verifier::compare_touch(const schema::RecordView& record,
                                               std::size_t index) const {
    const Touch stored = record.touch(index);
    const Touch& right = decision_.touches[index];
    const std::array differences{
        Difference{"account", describe(book_, stored.account), describe(book_, right.account)},
        Difference{"version", std::to_string(stored.version), std::to_string(right.version)},
        Difference{"posted_debits", to_string(stored.after.posted_debits),
                   to_string(right.after.posted_debits)},
        Difference{"posted_credits", to_string(stored.after.posted_credits),
                   to_string(right.after.posted_credits)},
        Difference{"held_debits", to_string(stored.after.held_debits),
                   to_string(right.after.held_debits)},
        Difference{"held_credits", to_string(stored.after.held_credits),
                   to_string(right.after.held_credits)},
        Difference{"prev", describe(stored.links.prev), describe(right.links.prev)},
        Difference{"jump", describe(stored.links.jump), describe(right.links.jump)},
    };
    return first_of(record.seq(), describe(book_, right.account), differences);
}

}  // namespace daybook::cli

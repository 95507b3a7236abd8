#include "tests/scenarios/book_backend.h"

#include "ledger/form.h"
#include "schema/made_entry.h"
#include "schema/record.h"

namespace daybook::scenarios {

namespace {

schema::Receipt without_seq(Verdict verdict, std::uint16_t code) {
    schema::Receipt receipt;
    receipt.verdict = verdict;
    receipt.code = code;
    return receipt;
}

schema::Receipt receipt_of(const Decision& decision, Seq seq, Stamp stamp) {
    return {decision.is_accepted() ? Verdict::accepted : Verdict::rejected,
            code_of(decision.rejection),
            false,
            seq,
            stamp,
            decision.subject,
            false,
            decision.remarks,
            decision.touches};
}

}  // namespace

Facts BookBackend::facts_of(const Command& command) const {
    Facts facts;
    const auto bound = keys_.find(key_of(command));
    if (bound != keys_.end()) {
        const bool is_void = std::holds_alternative<VoidKey>(bound->second.command) ||
                             std::holds_alternative<VoidKey>(command);
        facts.prior =
            Facts::Prior{bound->second.receipt.seq, bound->second.command == command, is_void};
    }
    for (const auto reference : references_asked(command)) {
        const auto used = references_.find(reference);
        if (used != references_.end()) facts.used_references.push_back({used->first, used->second});
    }
    for (const auto id : entries_asked(command)) {
        const auto record = records_.find(id.seq());
        if (record == records_.end()) continue;
        const auto view = schema::RecordView::parse(record->second).value();
        const auto entries = schema::read_made_entries(view, view.command().value()).value();
        for (const auto& entry : entries) {
            if (entry.id == id) facts.originals.push_back(entry);
        }
    }
    return facts;
}

schema::Receipt BookBackend::execute(const Command& command) {
    const auto wrong = check_form(command);
    if (wrong != Malformation::none) return without_seq(Verdict::malformed, code_of(wrong));
    decide(book_, facts_of(command), command, Turn{head_.next(), now_}, decision_);
    if (decision_.kind == Decision::Kind::key_reused) {
        return without_seq(Verdict::refused, code_of(Refusal::idempotency_key_reused));
    }
    if (decision_.kind == Decision::Kind::replayed) {
        auto receipt = keys_.at(key_of(command)).receipt;
        receipt.is_replay = true;
        return receipt;
    }
    const auto receipt = record(command);
    keys_.emplace(key_of(command), Bound{command, receipt});
    return receipt;
}

schema::Receipt BookBackend::record(const Command& command) {
    head_ = head_.next();
    if (decision_.is_accepted()) {
        apply(book_, head_, decision_);
        for (const auto reference : references_taken(command))
            references_.try_emplace(std::string{reference}, head_);
    }
    const auto bytes = encoder_.encode(command);
    auto& record = records_[head_];
    record.resize(schema::record_bytes(bytes.size(), decision_));
    schema::encode_record(record, head_, kLoopbackProducer, kind_of(command), bytes, decision_);
    return receipt_of(decision_, head_, now_);
}

schema::Receipt BookBackend::dry_run(const Command& command) {
    const auto wrong = check_form(command);
    if (wrong != Malformation::none) return without_seq(Verdict::malformed, code_of(wrong));
    const auto bound = keys_.find(key_of(command));
    if (bound != keys_.end()) return execute(command);
    decide(book_, facts_of(command), command, Turn{head_.next(), now_}, decision_);
    auto receipt = receipt_of(decision_, head_, now_);
    receipt.is_dry_run = true;
    return receipt;
}

void BookBackend::set_clock(Stamp now, std::uint64_t /*expiries*/) {
    now_ = now;
    while (const auto due = book_.holds().due_at(now_)) {
        const Command expiry = ExpireHold{*due};
        decide(book_, Facts{}, expiry, Turn{head_.next(), now_}, decision_);
        record(expiry);
    }
}

schema::Receipt BookBackend::outcome(const Id128& key) {
    const auto bound = keys_.find(key);
    if (bound != keys_.end()) return bound->second.receipt;
    auto receipt = without_seq(Verdict::not_seen, 0);
    receipt.seq = head_;
    return receipt;
}

std::optional<AccountView> BookBackend::account(std::string_view code) {
    const auto number = book_.find_account(code);
    if (!number) return std::nullopt;
    const Account& account = *book_.find(*number);
    return AccountView{*number, account.type, account.totals, account.version};
}

}  // namespace daybook::scenarios

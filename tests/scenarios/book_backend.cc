#include "tests/scenarios/book_backend.h"

#include "ledger/form.h"

namespace daybook::scenarios {

namespace {

Facts facts_of(const Command& bound, Seq seq, const Command& command) {
    const bool is_void =
        std::holds_alternative<VoidKey>(bound) || std::holds_alternative<VoidKey>(command);
    return {Facts::Prior{seq, bound == command, is_void}};
}

schema::Receipt without_seq(Verdict verdict, std::uint16_t code) {
    schema::Receipt receipt;
    receipt.verdict = verdict;
    receipt.code = code;
    return receipt;
}

}  // namespace

schema::Receipt BookBackend::execute(const Command& command) {
    const auto wrong = check_form(command);
    if (wrong != Malformation::none) return without_seq(Verdict::malformed, code_of(wrong));

    const auto bound = keys_.find(key_of(command));
    const Facts facts = bound == keys_.end()
                            ? Facts{}
                            : facts_of(bound->second.command, bound->second.receipt.seq, command);
    decide(book_, facts, command, decision_);
    if (decision_.kind == Decision::Kind::key_reused) {
        return without_seq(Verdict::refused, code_of(Refusal::idempotency_key_reused));
    }
    if (decision_.kind == Decision::Kind::replayed) {
        auto receipt = bound->second.receipt;
        receipt.is_replay = true;
        return receipt;
    }
    head_ = head_.next();
    const bool is_accepted = decision_.kind == Decision::Kind::accepted;
    if (is_accepted) apply(book_, head_, command, decision_);
    const schema::Receipt receipt{is_accepted ? Verdict::accepted : Verdict::rejected,
                                  code_of(decision_.rejection),
                                  false,
                                  head_,
                                  Stamp{static_cast<std::int64_t>(head_.value())},
                                  decision_.subject,
                                  decision_.shortfall,
                                  decision_.touches};
    keys_.emplace(key_of(command), Bound{command, receipt});
    return receipt;
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

#include "cli/projection_check.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "cli/record_difference.h"
#include "cli/verifier.h"
#include "ledger/account.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

using projector::AccountInfo;
using projector::Balance;

struct Value {
    std::string_view name;
    std::string stored;
    std::string recomputed;

    bool is_different() const { return stored != recomputed; }
};

std::string text_of(const std::optional<SignedAmount>& bound) {
    return bound ? to_string(*bound) : "none";
}

std::string text_of(TouchPointer pointer) {
    return std::to_string(pointer.seq().value()) + "." + std::to_string(pointer.touch());
}

bool is_same_account(const AccountInfo& info, const Account& account, const AccountTerms& terms) {
    return info.code == terms.code && info.asset == account.asset && info.type == account.type &&
           info.state == account.state && info.limits == terms.limits &&
           info.opened == terms.opened;
}

bool is_same_balance(const Balance& balance, const Account& account) {
    return balance.totals == account.totals && balance.version == account.version &&
           balance.last == account.history.last();
}

Finding first_difference(Seq watermark, const AccountInfo& info, const Balance& balance,
                         const Book& book) {
    const Account& account = *book.find(info.number);
    const AccountTerms& terms = book.terms(info.number);
    const auto& totals = account.totals;
    const std::array values{
        Value{"code", info.code, terms.code},
        Value{"asset", std::to_string(info.asset.value()), std::to_string(account.asset.value())},
        Value{"type", std::string{name_of(info.type)}, std::string{name_of(account.type)}},
        Value{"state", std::string{name_of(info.state)}, std::string{name_of(account.state)}},
        Value{"min", text_of(info.limits.min), text_of(terms.limits.min)},
        Value{"max", text_of(info.limits.max), text_of(terms.limits.max)},
        Value{"opened", std::to_string(info.opened.value()), std::to_string(terms.opened.value())},
        Value{"version", std::to_string(balance.version), std::to_string(account.version)},
        Value{"posted_debits", to_string(balance.totals.posted_debits),
              to_string(totals.posted_debits)},
        Value{"posted_credits", to_string(balance.totals.posted_credits),
              to_string(totals.posted_credits)},
        Value{"held_debits", to_string(balance.totals.held_debits), to_string(totals.held_debits)},
        Value{"held_credits", to_string(balance.totals.held_credits),
              to_string(totals.held_credits)},
        Value{"last", text_of(balance.last), text_of(account.history.last())},
    };
    const auto* found = std::ranges::find_if(values, &Value::is_different);
    return {watermark, describe(book, info.number), "the projection's " + std::string{found->name},
            found->stored, found->recomputed};
}

Result<std::optional<Finding>> compare_assets(const projector::View& view, const Book& book) {
    for (std::uint32_t number = 1; number <= book.asset_count() + 1; ++number) {
        const auto stored = view.asset(AssetNumber{number});
        if (!stored) return std::unexpected{stored.error()};
        const bool is_in_book = number <= book.asset_count();
        const Asset right = is_in_book ? book.asset(AssetNumber{number}) : Asset{};
        const bool is_same =
            stored->has_value() == is_in_book &&
            (!is_in_book || ((*stored)->code == right.code && (*stored)->scale == right.scale));
        if (is_same) continue;
        return Finding{
            view.watermark().seq,
            {},
            "the projection's asset " + std::to_string(number),
            *stored ? (*stored)->code + " scale " + std::to_string((*stored)->scale) : "none",
            is_in_book ? right.code + " scale " + std::to_string(right.scale) : "none"};
    }
    return std::optional<Finding>{};
}

std::string text_of(const projector::OpenHold& hold) {
    return "debit " + std::to_string(hold.debit.value()) + ", credit " +
           std::to_string(hold.credit.value()) + ", remaining " + to_string(hold.remaining) +
           ", captured " + to_string(hold.captured) + ", expires at " +
           std::to_string(hold.expires_at.nanoseconds()) + " ns";
}

projector::OpenHold as_stored(EntryId id, const Hold& hold) {
    return {.id = id,
            .debit = hold.debit,
            .credit = hold.credit,
            .remaining = hold.remaining,
            .captured = hold.captured,
            .expires_at = hold.expires_at};
}

Result<std::optional<Finding>> compare_holds(const projector::View& view, const Book& book) {
    std::map<EntryId, std::string> stored;
    const auto visited = view.for_each_hold([&](const projector::OpenHold& hold) {
        const bool is_next = stored.empty() || stored.rbegin()->first < hold.id;
        stored[hold.id] = is_next ? text_of(hold) : "out of order";
        return true;
    });
    if (!visited) return std::unexpected{visited.error()};
    std::map<EntryId, std::string> recomputed;
    for (const EntryId id : book.holds().open_ids())
        recomputed.emplace(id, text_of(as_stored(id, *book.holds().find_open(id))));
    const auto differs = std::ranges::mismatch(stored, recomputed);
    if (differs.in1 == stored.end() && differs.in2 == recomputed.end()) {
        return std::optional<Finding>{};
    }
    // The first id of the two at which they part.
    const bool is_stored = differs.in1 != stored.end();
    const bool is_in_book = differs.in2 != recomputed.end();
    const EntryId id = is_stored && (!is_in_book || differs.in1->first <= differs.in2->first)
                           ? differs.in1->first
                           : differs.in2->first;
    const auto text_in = [&](const std::map<EntryId, std::string>& holds) {
        const auto found = holds.find(id);
        return found == holds.end() ? "none" : found->second;
    };
    return Finding{view.watermark().seq,
                   {},
                   "the projection's hold " + to_string(id),
                   text_in(stored),
                   text_in(recomputed)};
}

// In the order of the codes, as accounts are listed.
Result<std::optional<Finding>> compare_codes(const projector::View& view, const Book& book) {
    std::optional<Finding> first;
    std::string last;  // a page that is wrong may list one twice, and another not at all
    std::uint64_t count = 0;
    const auto visited =
        view.for_each_code_under("", "", [&](std::string_view code, AccountNumber number) {
            const bool is_next = code > last;
            last = code;
            ++count;
            const auto right = book.find_account(code);
            if (right == number && is_next) return true;
            first = Finding{view.watermark().seq, std::string{code},
                            "the projection's index of codes", std::to_string(number.value()),
                            right ? std::to_string(right->value()) : "none"};
            return false;
        });
    if (!visited) return std::unexpected{visited.error()};
    if (!first && count != book.account_count()) {
        first = Finding{view.watermark().seq,
                        {},
                        "the projection's index of codes",
                        std::to_string(count),
                        std::to_string(book.account_count())};
    }
    return first;
}

}  // namespace

Result<std::optional<Finding>> compare_projection(const projector::View& view, const Book& book) {
    auto finding = compare_assets(view, book);
    if (!finding || *finding) return finding;

    const Seq watermark = view.watermark().seq;
    std::optional<Finding> first;
    std::uint64_t count = 0;
    const auto visited =
        view.for_each_account([&](const AccountInfo& info, const Balance& balance) {
            ++count;
            const Account* account = book.find(info.number);
            if (info.number.value() != count || account == nullptr) {
                first = Finding{watermark, info.code, "the projection's account number",
                                std::to_string(info.number.value()),
                                count <= book.account_count() ? std::to_string(count) : "none"};
                return false;
            }
            if (!is_same_account(info, *account, book.terms(info.number)) ||
                !is_same_balance(balance, *account)) {
                first = first_difference(watermark, info, balance, book);
                return false;
            }
            return true;
        });
    if (!visited) return std::unexpected{visited.error()};
    if (!first && count != book.account_count()) {
        first = Finding{watermark,
                        {},
                        "the projection's number of accounts",
                        std::to_string(count),
                        std::to_string(book.account_count())};
    }
    if (first) return first;
    finding = compare_codes(view, book);
    if (!finding || *finding) return finding;
    return compare_holds(view, book);
}

Result<std::optional<Finding>> compare_counts(const projector::View& view,
                                              const JournalCounts& counts) {
    const auto sizes = view.sizes();
    if (!sizes) return std::unexpected{sizes.error()};
    const auto outcomes = view.outcomes();
    if (!outcomes) return std::unexpected{outcomes.error()};
    const Seq watermark = view.watermark().seq;
    const auto differs = [&](const std::string& what, std::uint64_t stored,
                             std::uint64_t recomputed) -> std::optional<Finding> {
        if (stored == recomputed) return std::nullopt;
        return Finding{watermark,
                       {},
                       "the projection's number of " + what,
                       std::to_string(stored),
                       std::to_string(recomputed)};
    };
    for (std::size_t code = 0; code < std::max(outcomes->size(), counts.outcomes.size()); ++code) {
        const auto name =
            code == 0 ? std::string{"accepted records"}
                      : "records rejected as " + std::string{name_of(static_cast<Rejection>(code))};
        if (auto found = differs(name, code < outcomes->size() ? (*outcomes)[code] : 0,
                                 code < counts.outcomes.size() ? counts.outcomes[code] : 0)) {
            return found;
        }
    }
    const std::array<std::tuple<const char*, std::uint64_t, std::uint64_t>, 7> counted{{
        {"assets", sizes->assets, counts.book.asset_count()},
        {"accounts", sizes->accounts, counts.book.account_count()},
        {"codes", sizes->codes, counts.book.account_count()},
        {"open holds", sizes->open_holds, counts.book.holds().open_ids().size()},
        {"reversals", sizes->reversals, counts.rows.reversals},
        {"unique references", sizes->references, counts.rows.references},
        {"past states and limits", sizes->past_terms, counts.rows.past_terms},
    }};
    for (const auto& [what, stored, recomputed] : counted) {
        if (auto found = differs(what, stored, recomputed)) return found;
    }
    return std::optional<Finding>{};
}

}  // namespace daybook::cli

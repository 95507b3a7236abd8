// What a query client asks about accounts as they stood.
#include <algorithm>
#include <map>
#include <utility>

#include "gateway/query_client.h"
#include "gateway/query_connection.h"

namespace daybook::gateway {

namespace {

schema::Query about_accounts(schema::MessageKind kind, Seq as_of) {
    schema::Query query;
    query.kind = kind;
    query.accounts.as_of = as_of;
    return query;
}

Amount wrapped_sum(Amount sum, Amount more) {
    return Amount{sum.minor_units() + more.minor_units()};
}

void add(schema::TrialLine& sum, const schema::TrialLine& more) {
    sum.accounts += more.accounts;
    auto& totals = sum.totals;
    totals.posted_debits = wrapped_sum(totals.posted_debits, more.totals.posted_debits);
    totals.posted_credits = wrapped_sum(totals.posted_credits, more.totals.posted_credits);
    totals.held_debits = wrapped_sum(totals.held_debits, more.totals.held_debits);
    totals.held_credits = wrapped_sum(totals.held_credits, more.totals.held_credits);
}

}  // namespace

Result<schema::ListedAccounts> QueryClient::list_accounts(const ListedRange& range,
                                                          const ReadAfter& after) {
    if (range.lines_max == 0) {
        return fail(ErrorCode::usage, "a list of accounts has a line at least");
    }
    auto query = about_accounts(schema::MessageKind::account_list, range.as_of);
    query.texts = {range.path, range.after, range.asset};
    query.accounts.lines_max = range.lines_max;
    query.accounts.type = range.type;
    query.accounts.state = range.state;
    const auto answer = impl_->ask(std::move(query), after);
    if (!answer) return std::unexpected{answer.error()};
    auto page = schema::decode_listed(*answer);
    if (!page || page->lines.size() > range.lines_max) return unreadable_answer();
    // Paging that did not go forward would never end.
    if (!page->next.empty() && page->next <= range.after) return unreadable_answer();
    return *std::move(page);
}

Result<schema::DetailedAccounts> QueryClient::account_details(std::span<const std::string> codes,
                                                              Seq as_of, const ReadAfter& after) {
    if (codes.empty() || codes.size() > schema::kCodesMax) {
        return fail(ErrorCode::usage, "ask for 1 to 1000 account codes at a time");
    }
    schema::DetailedAccounts all;
    while (all.lines.size() < codes.size()) {
        const auto rest = codes.subspan(all.lines.size());
        auto query = about_accounts(schema::MessageKind::account_details, as_of);
        query.texts.assign(rest.begin(), rest.end());
        const auto answer = impl_->ask(std::move(query), after);
        if (!answer) return std::unexpected{answer.error()};
        auto page = schema::decode_details(*answer);
        if (!page || page->lines.empty() || page->lines.size() > rest.size())
            return unreadable_answer();
        as_of = page->as_of;  // the rest of them too
        all.standing = page->standing;
        all.as_of = page->as_of;
        std::ranges::move(page->lines, std::back_inserter(all.lines));
    }
    return all;
}

Result<schema::TrialSums> QueryClient::trial_balance(Seq as_of, const ReadAfter& after,
                                                     const std::function<bool()>& goes_on) {
    std::map<std::pair<AssetNumber, AccountType>, schema::TrialLine> sums;
    AccountNumber last;
    for (;;) {
        if (goes_on && !goes_on()) return fail(ErrorCode::try_again, "not wanted any more");
        auto query = about_accounts(schema::MessageKind::trial_balance, as_of);
        query.accounts.after = last;
        const auto answer = impl_->ask(std::move(query), after);
        if (!answer) return std::unexpected{answer.error()};
        auto page = schema::decode_trial(*answer);
        if (!page) return unreadable_answer();
        for (const auto& line : page->lines) {
            const auto [sum, is_first] = sums.try_emplace({line.asset, line.type}, line);
            if (!is_first) add(sum->second, line);
        }
        as_of = page->as_of;
        if (page->next.is_none()) {
            page->lines.clear();
            for (auto& [of, line] : sums)
                page->lines.push_back(std::move(line));
            return *std::move(page);
        }
        if (page->next <= last) return unreadable_answer();  // it would never end
        last = page->next;
    }
}

}  // namespace daybook::gateway

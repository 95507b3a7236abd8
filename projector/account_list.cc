#include "projector/account_list.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"

namespace daybook::projector {

namespace {

std::unexpected<Error> lacks(const std::string& code) {
    return fail(ErrorCode::damaged, "the projection lacks account " + code +
                                        "; delete it, the projector builds it again");
}

// Counts what is done for one call.
class Reader {
public:
    Reader(const Past& past, Seq seq, const AccountWork& work)
        : past_{past}, seq_{std::min(seq, past.watermark())}, work_{work} {}

    // The account with this number, which is known to exist. One opened later comes as it was
    // opened, with no balance.
    Result<AccountAt> read(AccountNumber number, std::string_view code) {
        const auto account = past_.view().account(number);
        if (!account) return std::unexpected{account.error()};
        if (!*account) return lacks(std::string{code});
        return read(**account);
    }
    Result<AccountAt> read(AccountInfo account) {
        ++visited_;
        const auto balance = past_.balance_at(account, seq_, &hops_);
        if (!balance) return std::unexpected{balance.error()};
        if (seq_ < past_.watermark()) {
            auto then = past_.view().terms_at(std::move(account), seq_);
            if (!then) return std::unexpected{then.error()};
            account = *std::move(then);
        }
        return AccountAt{std::move(account), balance->value_or(Balance{})};
    }

    // Of an account that was open; `now` is the view's.
    Result<Totals> totals(const AccountInfo& account, const Balance& now) {
        ++visited_;
        if (now.last.seq() <= seq_) return now.totals;
        const auto balance = past_.balance_at(account, seq_, &hops_);
        if (!balance) return std::unexpected{balance.error()};
        return balance->value_or(Balance{}).totals;
    }

    bool was_open(const AccountInfo& account) const { return account.opened <= seq_; }
    bool has_room() const { return visited_ < work_.visited_max && hops_ < work_.hops_max; }

private:
    const Past& past_;
    Seq seq_;
    AccountWork work_;
    std::size_t visited_ = 0;
    std::uint64_t hops_ = 0;
};

bool is_wanted(const AccountListQuery& query, const AccountInfo& account) {
    return (query.asset.is_none() || account.asset == query.asset) &&
           (!query.type || account.type == *query.type) &&
           (!query.state || account.state == *query.state);
}

Amount wrapped_sum(Amount sum, Amount more) {
    return Amount{sum.minor_units() + more.minor_units()};
}

void add(AccountSum& sum, const Totals& more) {
    ++sum.accounts;
    auto& totals = sum.totals;
    totals.posted_debits = wrapped_sum(totals.posted_debits, more.posted_debits);
    totals.posted_credits = wrapped_sum(totals.posted_credits, more.posted_credits);
    totals.held_debits = wrapped_sum(totals.held_debits, more.held_debits);
    totals.held_credits = wrapped_sum(totals.held_credits, more.held_credits);
}

}  // namespace

Result<AccountListPage> list_accounts(const Past& past, const AccountListQuery& query) {
    CHECK_INVARIANT(query.lines_max > 0, "a page has at least one line");
    Reader reader{past, query.seq, query.work};
    AccountListPage page;
    std::string last;
    Result<void> problem;
    const auto visit = [&](std::string_view code, AccountNumber number) {
        // There is another one: where to go on is told.
        if (page.lines.size() == query.lines_max || !reader.has_room()) {
            page.next = last;
            return false;
        }
        last = code;
        auto account = reader.read(number, code);
        if (!account) {
            problem = std::unexpected{account.error()};
        } else if (reader.was_open(account->account) && is_wanted(query, account->account)) {
            page.lines.push_back(*std::move(account));
        }
        return problem.has_value();
    };
    const auto visited = past.view().for_each_code_under(query.path, query.after, visit);
    if (!visited) return std::unexpected{visited.error()};
    if (!problem) return std::unexpected{problem.error()};
    return page;
}

Result<std::vector<AccountAt>> read_accounts(const Past& past, std::span<const std::string> codes,
                                             Seq seq, const AccountWork& work) {
    Reader reader{past, seq, work};
    std::vector<AccountAt> lines;
    for (const auto& code : codes) {
        if (!lines.empty() && !reader.has_room()) return lines;
        const auto number = past.view().find(code);
        if (!number) return std::unexpected{number.error()};
        auto account = *number ? reader.read(**number, code) : AccountAt{};
        if (!account) return std::unexpected{account.error()};
        lines.push_back(*std::move(account));
    }
    return lines;
}

Result<AccountSums> sum_accounts(const Past& past, AccountNumber after, Seq seq,
                                 const AccountWork& work) {
    Reader reader{past, seq, work};
    AccountSums page;
    AccountNumber last;
    Result<void> problem;
    const auto visit = [&](const AccountInfo& account, const Balance& now) {
        // Numbers follow the order of opening: behind this one all are later.
        if (!reader.was_open(account)) return false;
        if (!reader.has_room()) {
            page.next = last;
            return false;
        }
        last = account.number;
        const auto totals = reader.totals(account, now);
        if (!totals) {
            problem = std::unexpected{totals.error()};
            return false;
        }
        add(page.sums[{account.asset, account.type}], *totals);
        return true;
    };
    const auto visited = past.view().for_each_account(visit, after);
    if (!visited) return std::unexpected{visited.error()};
    if (!problem) return std::unexpected{problem.error()};
    return page;
}

}  // namespace daybook::projector

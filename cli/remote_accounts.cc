#include "cli/remote_accounts.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <span>

#include "cli/remote_moment.h"

namespace daybook::cli {

namespace {

using Visit = std::function<void(const AccountLine&)>;

Result<Seq> visit_codes(gateway::QueryClient& client, const AccountsFrom& from, Seq seq,
                        const std::vector<std::string>& codes, const Visit& visit) {
    Seq as_of = seq;
    for (std::size_t begin = 0; begin < codes.size(); begin += schema::kCodesMax) {
        const auto some =
            std::span{codes}.subspan(begin, std::min(schema::kCodesMax, codes.size() - begin));
        const auto details = client.account_details(some, as_of, read_after(from.read));
        if (!details) return std::unexpected{details.error()};
        as_of = details->as_of;
        for (std::size_t i = 0; i < some.size(); ++i) {
            const auto& line = details->lines[i];
            if (line.balance.number.is_none()) {
                return no_account(some[i], details->standing.watermark);
            }
            if (!line.was_open_at(as_of)) return opened_later(some[i], line.balance.opened, as_of);
            visit(line_of(line));
        }
    }
    return as_of;
}

// A list comes by code.
Result<Seq> visit_all(gateway::QueryClient& client, const AccountsFrom& from, Seq seq,
                      const Visit& visit) {
    std::vector<AccountLine> lines;
    gateway::ListedRange range;
    range.as_of = seq;
    do {
        const auto page = client.list_accounts(range, read_after(from.read));
        if (!page) return std::unexpected{page.error()};
        range.as_of = page->as_of;
        range.after = page->next;
        for (const auto& line : page->lines)
            lines.push_back(line_of(line));
    } while (!range.after.empty());
    std::ranges::sort(lines, {}, [](const AccountLine& line) { return line.account.number; });
    for (const auto& line : lines)
        visit(line);
    return range.as_of;
}

}  // namespace

gateway::ReadAfter read_after(const ReadOptions& options) {
    return {Seq{options.min_seq}, std::chrono::milliseconds{options.wait_ms}};
}

AccountLine line_of(const schema::AccountDetails& told) {
    const auto& balance = told.balance;
    return {{.number = balance.number,
             .code = told.code,
             .asset = balance.asset,
             .type = balance.type,
             .state = balance.state,
             .limits = told.limits,
             .opened = balance.opened},
            {balance.totals, balance.version, balance.last},
            {balance.asset, balance.asset_code, balance.scale}};
}

Result<Seq> visit_accounts_at(const AccountsFrom& from, const std::vector<std::string>& codes,
                              const Visit& visit) {
    const auto client = gateway::QueryClient::connect({.endpoint = from.query});
    if (!client) return std::unexpected{client.error()};
    const auto seq = resolve_at(**client, from.at);
    if (!seq) return std::unexpected{seq.error()};
    return codes.empty() ? visit_all(**client, from, *seq, visit)
                         : visit_codes(**client, from, *seq, codes, visit);
}

}  // namespace daybook::cli

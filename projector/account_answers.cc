#include "projector/account_answers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "projector/account_details.h"
#include "projector/account_list.h"
#include "projector/past.h"
#include "schema/account_answers.h"

namespace daybook::projector {

namespace {

using schema::MessageKind;

// Summing up takes the accounts in the order they are stored in.
constexpr AccountWork kTrialWork{.visited_max = 16'384, .hops_max = 1000};

Result<std::vector<schema::AccountDetails>> lines_of(const std::vector<AccountAt>& found,
                                                     const View& view) {
    AssetCache assets{view};
    std::vector<schema::AccountDetails> lines;
    for (const auto& account : found) {
        auto line = details_of(account, assets);
        if (!line) return std::unexpected{line.error()};
        lines.push_back(*std::move(line));
    }
    return lines;
}

Result<std::vector<std::byte>> list(const schema::AskedQuery& asked, const Cut& cut,
                                    const Past& past, Seq seq) {
    const auto& query = asked.query;
    schema::ListedAccounts answer{cut.standing(), seq, {}, {}};
    AccountListQuery wanted{.path = query.texts[0],
                            .after = query.texts[1],
                            .seq = seq,
                            .type = query.accounts.type,
                            .state = query.accounts.state,
                            .lines_max = std::min(query.accounts.lines_max, schema::kListedMax)};
    if (!query.texts[2].empty()) {
        const auto asset = cut.view().find_asset(query.texts[2]);
        if (!asset) return std::unexpected{asset.error()};
        if (!*asset) return schema::encode_listed(asked.header, cut.book(), answer);
        wanted.asset = (*asset)->number;
    }
    auto page = list_accounts(past, wanted);
    if (!page) return std::unexpected{page.error()};
    auto lines = lines_of(page->lines, cut.view());
    if (!lines) return std::unexpected{lines.error()};
    answer.next = std::move(page->next);
    answer.lines = *std::move(lines);
    return schema::encode_listed(asked.header, cut.book(), answer);
}

Result<std::vector<std::byte>> details(const schema::AskedQuery& asked, const Cut& cut,
                                       const Past& past, Seq seq) {
    const auto found = read_accounts(past, asked.query.texts, seq);
    if (!found) return std::unexpected{found.error()};
    auto lines = lines_of(*found, cut.view());
    if (!lines) return std::unexpected{lines.error()};
    return schema::encode_details(asked.header, cut.book(),
                                  {cut.standing(), seq, *std::move(lines)});
}

Result<std::vector<std::byte>> trial(const schema::AskedQuery& asked, const Cut& cut,
                                     const Past& past, Seq seq) {
    const auto page = sum_accounts(past, asked.query.accounts.after, seq, kTrialWork);
    if (!page) return std::unexpected{page.error()};
    schema::TrialSums answer{cut.standing(), seq, page->next, {}};
    AssetCache assets{cut.view()};
    for (const auto& [of, sum] : page->sums) {
        const auto asset = assets.find(of.first);
        if (!asset) return std::unexpected{asset.error()};
        answer.lines.push_back(
            {of.first, asset->code, asset->scale, of.second, sum.accounts, sum.totals});
    }
    return schema::encode_trial(asked.header, cut.book(), answer);
}

}  // namespace

Result<std::vector<std::byte>> answer_accounts(const schema::AskedQuery& asked, Cut& cut) {
    const auto past = Past::open(cut.view(), cut.snapshot());
    if (!past) return std::unexpected{past.error()};
    const Seq seq = std::min(asked.query.accounts.as_of, past->watermark());
    if (asked.query.kind == MessageKind::account_list) return list(asked, cut, *past, seq);
    if (asked.query.kind == MessageKind::account_details) return details(asked, cut, *past, seq);
    return trial(asked, cut, *past, seq);
}

}  // namespace daybook::projector

#include "cli/account_lines.h"

#include <cstdint>
#include <map>
#include <utility>

#include "cli/data_directory.h"
#include "cli/remote_accounts.h"

namespace daybook::cli {

namespace {

using projector::AccountInfo;
using projector::AssetInfo;
using projector::Balance;
using Visit = std::function<void(const AccountLine&)>;

// Assets are few and looked up once each.
class Assets {
public:
    Result<AssetInfo> find(const projector::View& view, AssetNumber number) {
        const auto known = known_.find(number.value());
        if (known != known_.end()) return known->second;
        auto asset = asset_of(view, number);
        if (asset) known_.emplace(number.value(), *asset);
        return asset;
    }

private:
    std::map<std::uint32_t, AssetInfo> known_;
};

Result<Seq> visit_now(const ReadOptions& options, const std::vector<std::string>& codes,
                      const Visit& visit) {
    const auto balances = DataDirectory{options.data}.open_projection();
    if (!balances) return std::unexpected{balances.error()};
    const auto view = open_view(**balances, options);
    if (!view) return std::unexpected{view.error()};
    for (const auto& code : codes) {
        const auto line = account_line(*view, code);
        if (!line) return std::unexpected{line.error()};
        visit(*line);
    }
    if (!codes.empty()) return view->watermark().seq;
    Assets assets;
    Result<void> problem;
    const auto visited =
        view->for_each_account([&](const AccountInfo& account, const Balance& balance) {
            const auto asset = assets.find(*view, account.asset);
            if (!asset) problem = std::unexpected{asset.error()};
            if (asset) visit({account, balance, *asset});
            return asset.has_value();
        });
    if (!visited) return std::unexpected{visited.error()};
    if (!problem) return std::unexpected{problem.error()};
    return view->watermark().seq;
}

Result<void> visit_codes(const projector::Past& past, Seq seq,
                         const std::vector<std::string>& codes, const Visit& visit) {
    for (const auto& code : codes) {
        auto line = account_line(past.view(), code);
        if (!line) return std::unexpected{line.error()};
        const auto balance = past.balance_at(line->account, seq);
        if (!balance) return std::unexpected{balance.error()};
        if (!*balance) {
            return opened_later(code, line->account.opened, seq);
        }
        auto then = past.view().terms_at(std::move(line->account), seq);
        if (!then) return std::unexpected{then.error()};
        visit({*std::move(then), **balance, line->asset});
    }
    return {};
}

// By number, so that the view can be renewed on the way: what was at `seq` stays the same.
Result<void> visit_all(PastReader& reader, Seq seq, const Visit& visit) {
    Assets assets;
    for (std::uint64_t number = 1;; ++number) {
        const auto past = reader.keep_fresh(seq);
        if (!past) return std::unexpected{past.error()};
        const auto account = (*past)->view().account(AccountNumber{number});
        if (!account) return std::unexpected{account.error()};
        // Numbers follow the order of opening.
        if (!*account || (*account)->opened > seq) return {};
        const auto balance = (*past)->balance_at(**account, seq);
        if (!balance) return std::unexpected{balance.error()};
        const auto asset = assets.find((*past)->view(), (*account)->asset);
        if (!asset) return std::unexpected{asset.error()};
        auto then = (*past)->view().terms_at(**account, seq);
        if (!then) return std::unexpected{then.error()};
        if (*balance) visit({*std::move(then), **balance, *asset});
    }
}

}  // namespace

std::unexpected<Error> opened_later(const std::string& code, Seq opened, Seq seq) {
    return fail(ErrorCode::not_found, "account '" + code + "' was opened at seq " +
                                          std::to_string(opened.value()) + ", after seq " +
                                          std::to_string(seq.value()));
}

Result<Seq> visit_accounts(const AccountsFrom& from, const std::vector<std::string>& codes,
                           const std::function<void(const AccountLine&)>& visit) {
    if (!from.query.empty()) return visit_accounts_at(from, codes, visit);
    if (!from.at.is_set()) return visit_now(from.read, codes, visit);
    auto reader = PastReader::open(from.read);
    if (!reader) return std::unexpected{reader.error()};
    const auto seq = reader->resolve(from.at);
    if (!seq) return std::unexpected{seq.error()};
    const auto past = reader->renew(*seq);
    if (!past) return std::unexpected{past.error()};
    const auto visited =
        codes.empty() ? visit_all(*reader, *seq, visit) : visit_codes(**past, *seq, codes, visit);
    if (!visited) return std::unexpected{visited.error()};
    return *seq;
}

}  // namespace daybook::cli

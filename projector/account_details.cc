#include "projector/account_details.h"

#include <string>

namespace daybook::projector {

Result<AssetInfo> AssetCache::find(AssetNumber number) {
    const auto known = known_.find(number);
    if (known != known_.end()) return known->second;
    const auto asset = view_.asset(number);
    if (!asset) return std::unexpected{asset.error()};
    if (!*asset) {
        return fail(ErrorCode::damaged, "the projection lacks asset " +
                                            std::to_string(number.value()) +
                                            "; delete it, the projector builds it again");
    }
    return known_.emplace(number, **asset).first->second;
}

Result<schema::AccountDetails> details_of(const AccountAt& found, AssetCache& assets) {
    const auto& [account, balance] = found;
    if (found.is_none()) return schema::AccountDetails{};
    const auto asset = assets.find(account.asset);
    if (!asset) return std::unexpected{asset.error()};
    return schema::AccountDetails{account.code,
                                  {.number = account.number,
                                   .asset = account.asset,
                                   .asset_code = asset->code,
                                   .scale = asset->scale,
                                   .type = account.type,
                                   .state = account.state,
                                   .totals = balance.totals,
                                   .version = balance.version,
                                   .last = balance.last,
                                   .opened = account.opened},
                                  account.limits};
}

}  // namespace daybook::projector

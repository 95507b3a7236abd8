// Accounts as answers tell of them. Private to projector/'s sources.
#pragma once

#include <map>

#include "base/result.h"
#include "projector/account_list.h"
#include "projector/balances.h"
#include "schema/account_answers.h"

namespace daybook::projector {

// Assets are few and looked up once each. Lives within its view.
class AssetCache {
public:
    explicit AssetCache(const View& view) : view_{view} {}
    // `damaged` when there is none.
    Result<AssetInfo> find(AssetNumber number);

private:
    const View& view_;
    std::map<AssetNumber, AssetInfo> known_;
};

Result<schema::AccountDetails> details_of(const AccountAt& found, AssetCache& assets);

}  // namespace daybook::projector

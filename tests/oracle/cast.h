// The assets and accounts that random streams are about.
#pragma once

#include <array>
#include <cstddef>

#include "ledger/account.h"

namespace daybook::oracle {

struct AssetToUse {
    const char* code;
    unsigned scale;
};
inline constexpr std::array<AssetToUse, 3> kAssets{{{"USD", 2}, {"EUR", 2}, {"JPY", 0}}};

struct AccountToUse {
    const char* code;
    std::size_t asset;
    AccountType type;
};
inline constexpr std::array<AccountToUse, 9> kAccounts{{{"bank:usd", 0, AccountType::asset},
                                                        {"alice", 0, AccountType::liability},
                                                        {"bob", 0, AccountType::liability},
                                                        {"fees", 0, AccountType::income},
                                                        {"bank:eur", 1, AccountType::asset},
                                                        {"carol", 1, AccountType::equity},
                                                        {"rounding", 1, AccountType::expense},
                                                        {"yen", 2, AccountType::asset},
                                                        {"dan", 2, AccountType::liability}}};

}  // namespace daybook::oracle

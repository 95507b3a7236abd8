// The Czech bank file (PKDD'99 "Berka" data set, trans.csv) as double entries. Pure; what it sends
// is import_command.cc's business.
//
// Customers are liabilities without a minimum, named `customers:<account_id>`. Against them:
//   VKLAD                        cash in             bank:cash (asset)
//   VYBER, VYBER KARTOU          cash out            bank:cash
//   PREVOD Z UCTU / NA UCET      from / to a bank    banks:<code> (asset); bank:interbank without a
//   code k_symbol SLUZBY              fees                income:fees k_symbol SANKC. UROK
//   overdraft interest  income:penalty-interest k_symbol UROK, no operation  interest credited
//   expense:interest
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/amount.h"
#include "ledger/command.h"

namespace daybook::cli {

inline constexpr std::string_view kCzechAsset = "CZK";
inline constexpr unsigned kCzechScale = 2;

struct CzechRow {
    std::uint64_t id = 0;
    std::string customer;      // account code
    std::string counter;       // account code of the other side
    Side side = Side::credit;  // of the customer
    Amount amount;
    Stamp date;               // midnight UTC
    std::string description;  // operation and k_symbol, as in the file
};

// The whole file, or what is wrong with it: `bad_input` names line and column.
Result<std::vector<CzechRow>> parse_czech_bank(std::string_view text);

// The commands have keys of their own, made from ids and codes: sent again they change nothing.
Command czech_asset();
std::vector<Command> czech_accounts(const std::vector<CzechRow>& rows);
PostEntry czech_entry(const CzechRow& row);

}  // namespace daybook::cli

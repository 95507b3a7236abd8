// Book: the in-memory state that `decide` reads and `apply` changes. One thread: the sequencer's.
// What it holds is a pure function of the journal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/prefetch.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "ledger/chunked.h"
#include "ledger/entry_id.h"
#include "ledger/history.h"
#include "ledger/hold.h"
#include "ledger/numbers.h"
#include "ledger/touch.h"

namespace daybook {

// What the rules read of an account.
struct Standing {
    // Most wallets have no limit or `min 0`; both are decided without a look at the terms.
    enum class Bound : std::uint8_t { none, zero, in_terms };

    Totals totals;
    std::uint64_t version = 0;
    AssetNumber asset;
    AccountType type = AccountType::liability;
    AccountState state = AccountState::open;
    Bound min = Bound::none;
    Bound max = Bound::none;

    void set_bounds(const Limits& limits);
};

// What the hot path reads and writes of an account: two cache lines, nothing else.
struct alignas(64) Account : Standing {
    History history;
};
static_assert(sizeof(Account) == 128);

// What changes rarely.
struct AccountTerms {
    std::string code;
    Limits limits;
    Seq opened;
};

struct Asset {
    std::string code;
    unsigned scale = 0;
};

class Book {
public:
    Book();
    ~Book();
    Book(const Book&) = delete;
    Book& operator=(const Book&) = delete;
    Book(Book&&) noexcept;
    Book& operator=(Book&&) noexcept;

    std::size_t account_count() const { return accounts_.size(); }
    std::size_t asset_count() const { return assets_.size(); }

    // Null when there is no such account.
    const Account* find(AccountNumber number) const {
        return has(number) ? &accounts_[number.value() - 1] : nullptr;
    }
    std::optional<AccountNumber> find_account(std::string_view code) const;
    std::optional<AssetNumber> find_asset(std::string_view code) const;
    // The number must exist (checked).
    const AccountTerms& terms(AccountNumber number) const;
    const Asset& asset(AssetNumber number) const;
    const HoldTable& holds() const { return holds_; }
    // Null when nothing of the entry has been reversed.
    const std::vector<Amount>* find_reversed(EntryId entry) const;

    // The changes. Each is total: what could go wrong has been decided before.
    AssetNumber define_asset(Asset asset);
    AccountNumber open_account(AssetNumber asset, AccountType type, AccountTerms terms);
    void set_state(AccountNumber number, AccountState state);
    void set_limits(AccountNumber number, const Limits& limits);
    // What has been reversed of an entry so far, one amount a posting; those missing at the end are
    // zero.
    void set_reversed(EntryId entry, std::vector<Amount> amounts);
    HoldTable& holds() { return holds_; }
    // Takes an untouched account over as it was.
    void restore(AccountNumber number, const Totals& totals, std::uint64_t version,
                 History history);
    // Installs the after-image and returns where the touch must point back to.
    History::Links install(const Touch& touch, TouchPointer place);

    // Brings the account's memory closer; for a caller that knows what comes next.
    void prefetch(AccountNumber number) const {
        if (!has(number)) return;
        const auto* account = &accounts_[number.value() - 1];
        daybook::prefetch(account);
        daybook::prefetch(reinterpret_cast<const char*>(account) + 64);
    }

private:
    struct Codes;

    bool has(AccountNumber number) const {
        return !number.is_none() && number.value() <= accounts_.size();
    }

    Chunked<Account, (std::size_t{2} << 20) / sizeof(Account)> accounts_;
    Chunked<AccountTerms> terms_;
    Chunked<Asset, 64> assets_;
    std::unique_ptr<Codes> codes_;
    HoldTable holds_;
    std::map<EntryId, std::vector<Amount>> reversed_;  // few entries ever are
};

}  // namespace daybook

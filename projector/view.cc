#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include <lmdb.h>

#include "ledger/form.h"
#include "projector/balances.h"
#include "projector/groups.h"
#include "projector/keys.h"
#include "projector/linked.h"
#include "projector/pinned.h"
#include "projector/rows.h"

namespace daybook::projector {

namespace {

constexpr const char* kRebuild = "; delete the projection, the projector builds it again";
Bytes bytes_from(const MDB_val& value) {
    return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

// What `read` makes of a row that was found; nothing when none was.
template <typename Read>
auto read_row(const Result<std::optional<Bytes>>& row, const Read& read)
    -> Result<std::optional<typename decltype(read(Bytes{}))::value_type>> {
    using Found = std::optional<typename decltype(read(Bytes{}))::value_type>;
    if (!row) return std::unexpected{row.error()};
    const std::optional<Bytes>& bytes = *row;
    if (!bytes) return Found{};
    auto value = read(*bytes);
    if (!value) return std::unexpected{value.error()};
    return Found{*std::move(value)};
}

// A page with the watermark may be of an earlier state than the rows.
Result<void> check_age(const Balance& balance, const Watermark& watermark) {
    if (balance.last.seq() <= watermark.seq) return {};
    return fail(ErrorCode::damaged,
                std::string{"a balance is newer than the projection says it is"} + kRebuild);
}

// Moves both cursors on, or to the account `to`; false behind the last account.
Result<bool> advance(const Cursor& accounts, const Cursor& balances, const std::uint64_t* to,
                     MDB_val& account, MDB_val& balance) {
    std::uint64_t wanted = to == nullptr ? 0 : key_of(AccountNumber{*to});
    MDB_val key{sizeof wanted, &wanted};
    MDB_val balance_key{sizeof wanted, &wanted};
    const MDB_cursor_op move = to == nullptr ? MDB_NEXT : MDB_SET_KEY;
    const int code = mdb_cursor_get(accounts.get(), &key, &account, move);
    const int balance_code = mdb_cursor_get(balances.get(), &balance_key, &balance, move);
    if (code == MDB_NOTFOUND && balance_code == MDB_NOTFOUND) return false;
    for (const int failure : {code, balance_code}) {
        if (failure != MDB_SUCCESS && failure != MDB_NOTFOUND) {
            return lmdb_error(failure, "cannot read");
        }
    }
    const Bytes number = bytes_from(key);
    if (code != balance_code || number.size() != sizeof(std::uint64_t) ||
        !std::ranges::equal(number, bytes_from(balance_key))) {
        return fail(ErrorCode::damaged,
                    std::string{"accounts and balances do not match"} + kRebuild);
    }
    return true;
}

}  // namespace

View::View(std::unique_ptr<Pinned> pinned) : pinned_{std::move(pinned)} {}
View::~View() = default;
View::View(View&& other) noexcept = default;
View& View::operator=(View&& other) noexcept = default;

const Watermark& View::watermark() const {
    return pinned_->watermark;
}

Result<std::optional<AccountNumber>> View::find(std::string_view code) const {
    if (!is_account_code(code)) return std::optional<AccountNumber>{};
    return read_row(find_linked(*pinned_->store, pinned_->txn.get(), Table::codes, as_bytes(code)),
                    [&](Bytes row) -> Result<AccountNumber> {
                        std::uint64_t number = 0;
                        if (row.size() != sizeof number) return damaged_row(Table::codes);
                        std::memcpy(&number, row.data(), sizeof number);
                        return AccountNumber{number};
                    });
}

Result<std::optional<AccountInfo>> View::account(AccountNumber number) const {
    return read_row(pinned_->groups.find(Table::accounts, number),
                    [number](Bytes row) { return account_from(number, row); });
}

Result<std::optional<Balance>> View::balance(AccountNumber number) const {
    auto found = read_row(pinned_->groups.find(Table::balances, number), balance_from);
    if (!found || !*found) return found;
    if (auto fits = check_age(**found, pinned_->watermark); !fits) {
        return std::unexpected{fits.error()};
    }
    return found;
}

Result<std::optional<AssetInfo>> View::asset(AssetNumber number) const {
    const std::uint32_t key = key_of(number);
    return read_row(find_numbered(*pinned_->store, pinned_->txn.get(), Table::assets,
                                  number.value(), bytes_of(key)),
                    [number](Bytes row) { return asset_from(number, row); });
}

// They are few.
Result<std::optional<AssetInfo>> View::find_asset(std::string_view code) const {
    for (std::uint32_t number = 1;; ++number) {
        auto found = asset(AssetNumber{number});
        if (!found || !*found || (*found)->code == code) return found;
    }
}

Result<std::optional<OpenHold>> View::hold(EntryId id) const {
    const std::uint64_t key = key_of(id);
    return read_row(find_linked(*pinned_->store, pinned_->txn.get(), Table::holds, bytes_of(key)),
                    [id](Bytes row) { return hold_from(id, row); });
}

Result<void> View::for_each_hold(const std::function<bool(const OpenHold&)>& visit) const {
    auto walk = LinkedWalk::open(*pinned_->store, pinned_->txn.get(), Table::holds);
    if (!walk) return std::unexpected{walk.error()};
    for (auto row = walk->seek({});; row = walk->next()) {
        if (!row) return std::unexpected{row.error()};
        if (!*row) return {};
        std::uint64_t bits = 0;
        if ((*row)->key.size() != sizeof bits) return damaged_row(Table::holds);
        std::memcpy(&bits, (*row)->key.data(), sizeof bits);
        const auto hold = hold_from(EntryId{__builtin_bswap64(bits)}, (*row)->value);
        if (!hold) return std::unexpected{hold.error()};
        if (!visit(*hold)) return {};
    }
}

Result<AccountInfo> View::terms_at(AccountInfo account, Seq seq) const {
    auto walk = LinkedWalk::open(*pinned_->store, pinned_->txn.get(), Table::terms);
    if (!walk) return std::unexpected{walk.error()};
    const TermsKey wanted = terms_key(account.number, seq.next());
    const auto row = walk->seek(bytes_of(wanted));
    if (!row) return std::unexpected{row.error()};
    if (!*row) return account;
    TermsKey found;
    if ((*row)->key.size() != sizeof found) return damaged_row(Table::terms);
    std::memcpy(&found, (*row)->key.data(), sizeof found);
    if (found.account != wanted.account) return account;
    return with_terms(std::move(account), (*row)->value);
}

Result<std::optional<AccountInfo>> View::terms_until(AccountInfo account, Seq until) const {
    const TermsKey key = terms_key(account.number, until);
    return read_row(find_linked(*pinned_->store, pinned_->txn.get(), Table::terms, bytes_of(key)),
                    [&](Bytes row) { return with_terms(account, row); });
}

Result<void> View::for_each_account(
    const std::function<bool(const AccountInfo&, const Balance&)>& visit,
    AccountNumber after) const {
    const Databases& databases = pinned_->store->databases();
    const auto accounts = open_cursor(pinned_->txn.get(), databases.accounts);
    if (!accounts) return std::unexpected{accounts.error()};
    const auto balances = open_cursor(pinned_->txn.get(), databases.balances);
    if (!balances) return std::unexpected{balances.error()};
    const Seals& seals = pinned_->store->seals();
    // Numbers are dense: the keys need no decoding.
    std::uint64_t number = after.value() + 1;
    for (bool is_first = true;; is_first = false, ++number) {
        MDB_val account_row{};
        MDB_val balance_row{};
        const auto moved =
            advance(*accounts, *balances, is_first ? &number : nullptr, account_row, balance_row);
        if (!moved) return std::unexpected{moved.error()};
        if (!*moved) return check_end(number);
        // What is told has been checked.
        if (is_first || (number - 1) % kGroupAccounts == 0) {
            const auto sound = pinned_->groups.check(group_of(AccountNumber{number}));
            if (!sound) return sound;
        }
        const std::uint64_t key = key_of(AccountNumber{number});
        const auto opened = seals.open(Table::accounts, bytes_of(key), bytes_from(account_row));
        if (!opened) return std::unexpected{opened.error()};
        const auto account = account_from(AccountNumber{number}, opened->value);
        if (!account) return std::unexpected{account.error()};
        const auto sealed = seals.open(Table::balances, bytes_of(key), bytes_from(balance_row));
        if (!sealed) return std::unexpected{sealed.error()};
        const auto balance = balance_from(sealed->value);
        if (!balance) return std::unexpected{balance.error()};
        if (auto fits = check_age(*balance, pinned_->watermark); !fits) return fits;
        if (!visit(*account, *balance)) return {};
    }
}

// There are no accounts from `number` on.
Result<void> View::check_end(std::uint64_t number) const {
    const auto sizes = pinned_->store->sizes(pinned_->txn.get());
    if (!sizes) return std::unexpected{sizes.error()};
    if (number > (*sizes)[static_cast<std::size_t>(Table::accounts)].rows) return {};
    return damaged_row(Table::accounts);
}

}  // namespace daybook::projector

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include <lmdb.h>

#include "ledger/form.h"
#include "projector/balances.h"
#include "projector/keys.h"
#include "projector/layout.h"
#include "projector/pinned.h"
#include "projector/rows.h"

namespace daybook::projector {

namespace {

constexpr const char* kRebuild = "; delete the projection, the projector builds it again";
constexpr const char* kBadHold =
    "a hold has no id; delete the projection, the projector builds it again";
constexpr const char* kBadTerms =
    "a past state has no account; delete the projection, the projector builds it again";

Bytes bytes_from(const MDB_val& value) {
    return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

// The row of `key`, read by `read`; nothing when there is none.
template <typename Key, typename Read>
auto find_row(const Txn& txn, unsigned dbi, const Key& key, const Read& read)
    -> Result<std::optional<typename decltype(read(Bytes{}))::value_type>> {
    using Found = std::optional<typename decltype(read(Bytes{}))::value_type>;
    const auto row = get(txn.get(), dbi, bytes_of(key));
    if (!row) return std::unexpected{row.error()};
    const std::optional<Bytes>& bytes = *row;
    if (!bytes) return Found{};
    auto value = read(*bytes);
    if (!value) return std::unexpected{value.error()};
    return Found{*std::move(value)};
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
    const auto row = get(pinned_->txn.get(), pinned_->store->databases().codes, as_bytes(code));
    if (!row) return std::unexpected{row.error()};
    const std::optional<Bytes>& bytes = *row;
    if (!bytes) return std::optional<AccountNumber>{};
    std::uint64_t number = 0;
    if (bytes->size() != sizeof number) {
        return fail(ErrorCode::damaged, "code " + std::string{code} + " has no number" + kRebuild);
    }
    std::memcpy(&number, bytes->data(), sizeof number);
    return std::optional{AccountNumber{number}};
}

Result<std::optional<AccountInfo>> View::account(AccountNumber number) const {
    return find_row(pinned_->txn, pinned_->store->databases().accounts, key_of(number),
                    [number](Bytes row) { return account_from(number, row); });
}

Result<std::optional<Balance>> View::balance(AccountNumber number) const {
    return find_row(pinned_->txn, pinned_->store->databases().balances, key_of(number),
                    balance_from);
}

Result<std::optional<AssetInfo>> View::asset(AssetNumber number) const {
    return find_row(pinned_->txn, pinned_->store->databases().assets, key_of(number),
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
    return find_row(pinned_->txn, pinned_->store->databases().holds, key_of(id),
                    [id](Bytes row) { return hold_from(id, row); });
}

Result<void> View::for_each_hold(const std::function<bool(const OpenHold&)>& visit) const {
    const auto cursor = open_cursor(pinned_->txn.get(), pinned_->store->databases().holds);
    if (!cursor) return std::unexpected{cursor.error()};
    MDB_val key{};
    MDB_val row{};
    int code = 0;
    while ((code = mdb_cursor_get(cursor->get(), &key, &row, MDB_NEXT)) == MDB_SUCCESS) {
        std::uint64_t bits = 0;
        if (key.mv_size != sizeof bits) return fail(ErrorCode::damaged, kBadHold);
        std::memcpy(&bits, key.mv_data, sizeof bits);
        const auto hold = hold_from(EntryId{__builtin_bswap64(bits)}, bytes_from(row));
        if (!hold) return std::unexpected{hold.error()};
        if (!visit(*hold)) return {};
    }
    if (code != MDB_NOTFOUND) return lmdb_error(code, "cannot read");
    return {};
}

Result<AccountInfo> View::terms_at(AccountInfo account, Seq seq) const {
    const auto cursor = open_cursor(pinned_->txn.get(), pinned_->store->databases().terms);
    if (!cursor) return std::unexpected{cursor.error()};
    TermsKey wanted = terms_key(account.number, seq.next());
    MDB_val key{sizeof wanted, &wanted};
    MDB_val row{};
    const int code = mdb_cursor_get(cursor->get(), &key, &row, MDB_SET_RANGE);
    if (code == MDB_NOTFOUND) return account;
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read");
    TermsKey found;
    if (key.mv_size != sizeof found) return fail(ErrorCode::damaged, kBadTerms);
    std::memcpy(&found, key.mv_data, sizeof found);
    if (found.account != wanted.account) return account;
    return with_terms(std::move(account), bytes_from(row));
}

Result<std::optional<AccountInfo>> View::terms_until(AccountInfo account, Seq until) const {
    return find_row(pinned_->txn, pinned_->store->databases().terms,
                    terms_key(account.number, until),
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
    // Numbers are dense: the keys need no decoding.
    std::uint64_t number = after.value() + 1;
    for (bool is_first = true;; is_first = false, ++number) {
        MDB_val account_row{};
        MDB_val balance_row{};
        const auto moved =
            advance(*accounts, *balances, is_first ? &number : nullptr, account_row, balance_row);
        if (!moved) return std::unexpected{moved.error()};
        if (!*moved) return {};
        const auto account = account_from(AccountNumber{number}, bytes_from(account_row));
        if (!account) return std::unexpected{account.error()};
        const auto balance = balance_from(bytes_from(balance_row));
        if (!balance) return std::unexpected{balance.error()};
        if (!visit(*account, *balance)) return {};
    }
}

}  // namespace daybook::projector

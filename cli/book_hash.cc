#include "cli/book_hash.h"

#include <cstdint>
#include <optional>
#include <string>

#include "journal/merkle.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

using projector::AccountInfo;
using projector::AssetInfo;
using projector::Balance;
using projector::OpenHold;

// Takes the rows in their order: assets and accounts by number, open holds by id.
class BookHash {
public:
    void add(const AssetInfo& asset) {
        begin("asset")
            .small("number", asset.number.value())
            .text("code", asset.code)
            .small("scale", asset.scale);
        end();
    }

    void add(const AccountInfo& account, const Balance& balance) {
        auto& line = begin("account")
                         .big("number", account.number.value())
                         .text("code", account.code)
                         .small("asset", account.asset.value())
                         .text("type", name_of(account.type))
                         .text("state", name_of(account.state));
        if (account.limits.min) line.amount("min", *account.limits.min);
        if (account.limits.max) line.amount("max", *account.limits.max);
        line.big("opened", account.opened)
            .big("version", balance.version)
            .big("last", balance.last.bits())
            .amount("posted_debits", balance.totals.posted_debits)
            .amount("posted_credits", balance.totals.posted_credits)
            .amount("held_debits", balance.totals.held_debits)
            .amount("held_credits", balance.totals.held_credits);
        end();
    }

    void add(const OpenHold& hold) {
        begin("hold")
            .text("id", to_string(hold.id))
            .big("debit", hold.debit.value())
            .big("credit", hold.credit.value())
            .amount("remaining", hold.remaining)
            .amount("captured", hold.captured)
            .signed_big("expires_at_ns", hold.expires_at.nanoseconds());
        end();
    }

    Hash256 root() const { return rows_.root(); }

private:
    json::Line& begin(std::string_view what) {
        line_.clear();
        return line_.begin_object().text("row", what);
    }
    void end() {
        line_.end_object();
        rows_.add(as_bytes(line_.str()));
    }

    journal::MerkleTree rows_;
    json::Line line_;
};

}  // namespace

Hash256 hash_of_book(const Book& book) {
    BookHash hash;
    for (std::uint32_t value = 1; value <= book.asset_count(); ++value) {
        const Asset& asset = book.asset(AssetNumber{value});
        hash.add({.number = AssetNumber{value}, .code = asset.code, .scale = asset.scale});
    }
    for (std::uint64_t value = 1; value <= book.account_count(); ++value) {
        const AccountNumber number{value};
        const Account& account = *book.find(number);
        const AccountTerms& terms = book.terms(number);
        hash.add(
            {.number = number,
             .code = terms.code,
             .asset = account.asset,
             .type = account.type,
             .state = account.state,
             .limits = terms.limits,
             .opened = terms.opened},
            {.totals = account.totals, .version = account.version, .last = account.history.last()});
    }
    for (const EntryId id : book.holds().open_ids()) {
        const Hold& hold = *book.holds().find_open(id);
        hash.add({.id = id,
                  .debit = hold.debit,
                  .credit = hold.credit,
                  .remaining = hold.remaining,
                  .captured = hold.captured,
                  .expires_at = hold.expires_at});
    }
    return hash.root();
}

Result<Hash256> hash_of_book(const projector::View& view) {
    BookHash hash;
    for (std::uint32_t number = 1;; ++number) {
        const auto asset = view.asset(AssetNumber{number});
        if (!asset) return std::unexpected{asset.error()};
        if (!*asset) break;
        hash.add(**asset);
    }
    auto done = view.for_each_account([&](const AccountInfo& account, const Balance& balance) {
        hash.add(account, balance);
        return true;
    });
    if (done) {
        done = view.for_each_hold([&](const OpenHold& hold) {
            hash.add(hold);
            return true;
        });
    }
    if (!done) return std::unexpected{done.error()};
    return hash.root();
}

}  // namespace daybook::cli

// What is read of rows that are damaged, missing, in another's place or of an earlier state.
#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <lmdb.h>

#include "projector/checksum.h"
#include "projector/lmdb_txn.h"
#include "projector/store.h"
#include "tests/projector/support.h"

namespace daybook::projector {

namespace {

using test::Ledger;
using test::must;
using test::Place;

constexpr std::array kAllTables{Table::meta,       Table::assets, Table::accounts,  Table::codes,
                                Table::balances,   Table::holds,  Table::reversals, Table::terms,
                                Table::references, Table::groups};

struct StoredRow {
    Table table;
    std::string key;
    std::string value;
};

std::string text_of(const MDB_val& value) {
    return {static_cast<const char*>(value.mv_data), value.mv_size};
}

Id128 key(std::uint8_t number) {
    return {{0xdd, number}};
}

// Rows of each kind, of ten accounts: more than one group.
void fill(Ledger& ledger) {
    ledger.define("USD");
    ledger.define("EUR", 3);
    for (const char* code : {"a", "b", "b:1", "b:2", "c", "d", "e", "f", "g", "h"})
        ledger.open(code);
    ledger.transfer(1, 2, 9);
    const EntryId entry{Seq{13}, 0};
    for (std::uint8_t number = 1; number <= 3; ++number) {
        const Amount amount{0, number};
        ledger.submit(ReverseEntry{key(number), entry, {Amount{0, 1}, Amount{0, 1}}});
        ledger.submit(PlaceHold{{key(static_cast<std::uint8_t>(10 + number))},
                                {AccountNumber{2}, {}},
                                {AccountNumber{1}, {}},
                                amount,
                                {}});
        Particulars said;
        said.reference = "reference " + std::to_string(number);
        said.is_reference_unique = true;
        ledger.submit(SetLimits{{key(static_cast<std::uint8_t>(20 + number))},
                                {AccountNumber{9}, {}},
                                {{}, SignedAmount{number}},
                                said});
    }
}

// All that a view says, or that it is damaged.
std::string said_by(const View& view) {
    std::string text = std::to_string(view.watermark().seq.value()) + '\n';
    bool is_damaged = false;
    const auto take = [&](const auto& result, const auto& say) {
        if (result) return say(*result);
        CHECK(result.error().code == ErrorCode::damaged);
        CHECK(result.error().detail.find("delete the projection") != std::string::npos);
        is_damaged = true;
    };
    for (std::uint64_t number = 1; number <= 11; ++number) {
        take(view.account(AccountNumber{number}), [&](const auto& account) {
            if (account) text += test::text_of(*account, {});
            if (!account) return;
            for (std::uint64_t seq = 1; seq < 24; ++seq) {
                take(view.terms_at(*account, Seq{seq}),
                     [&](const auto& then) { text += test::text_of(then, {}); });
            }
        });
        take(view.balance(AccountNumber{number}), [&](const auto& balance) {
            if (balance) text += test::text_of({}, *balance);
        });
        take(view.asset(AssetNumber{static_cast<std::uint32_t>(number)}),
             [&](const auto& asset) { text += asset ? asset->code : "none"; });
    }
    for (const char* code :
         {"a", "b", "b:1", "b:2", "c", "d", "e", "f", "g", "h", "aa", "z", "0"}) {
        take(view.find(code), [&](const auto& number) {
            text += std::to_string(number ? number->value() : 0) + '\n';
        });
    }
    for (std::uint64_t seq = 1; seq < 24; ++seq) {
        const EntryId id{Seq{seq}, 0};
        take(view.hold(id),
             [&](const auto& hold) { text += hold ? to_string(hold->remaining) : "none"; });
        take(view.reversals_of(id), [&](const auto& reversals) {
            for (const EntryId reversal : reversals)
                text += to_string(reversal) + ' ';
        });
    }
    for (const char* reference : {"reference 1", "reference 2", "reference 3", "a", "z"}) {
        take(view.find_reference(reference),
             [&](const auto& id) { text += id ? to_string(*id) : "none"; });
    }
    std::string walked;
    const auto walked_all = view.for_each_account([&](const auto& account, const auto& balance) {
        walked += test::text_of(account, balance);
        return true;
    });
    if (!walked_all) is_damaged = true;
    const auto codes = view.for_each_code_under("", "", [&](std::string_view code, auto number) {
        walked += std::string{code} + std::to_string(number.value());
        return true;
    });
    if (!codes) is_damaged = true;
    const auto holds = view.for_each_hold([&](const OpenHold& hold) {
        walked += to_string(hold.id) + to_string(hold.remaining);
        return true;
    });
    if (!holds) is_damaged = true;
    take(view.sizes(), [&](const Sizes& sizes) {
        for (const auto size : {sizes.assets, sizes.accounts, sizes.open_holds, sizes.reversals,
                                sizes.references, sizes.codes, sizes.past_terms}) {
            text += std::to_string(size) + ' ';
        }
    });
    take(view.outcomes(), [&](const auto& outcomes) {
        for (const auto count : outcomes)
            text += std::to_string(count) + ' ';
    });
    return is_damaged ? "damaged" : text + walked;
}

// A projection and whoever writes to its file without a projector.
class Vandal {
public:
    Vandal() {
        fill(ledger_);
        ledger_.commit();
        must(test::open_projector(place_, ledger_)->catch_up());
        store_ = must(Store::open(place_.projection(), Access::read_write));
        balances_ = must(Balances::open(place_.projection()));
        good_ = said();
    }

    std::vector<StoredRow> rows() const {
        std::vector<StoredRow> rows;
        const auto txn = must(store_->begin(Access::read_only));
        for (const Table table : kAllTables) {
            const auto cursor = must(open_cursor(txn.get(), store_->databases().of(table)));
            MDB_val found{};
            MDB_val value{};
            while (mdb_cursor_get(cursor.get(), &found, &value, MDB_NEXT) == MDB_SUCCESS)
                rows.push_back({table, text_of(found), text_of(value)});
        }
        return rows;
    }

    void put(const StoredRow& row) {
        auto txn = must(store_->begin(Access::read_write));
        MDB_val found{row.key.size(), const_cast<char*>(row.key.data())};
        MDB_val value{row.value.size(), const_cast<char*>(row.value.data())};
        const unsigned dbi = store_->databases().of(row.table);
        REQUIRE(mdb_put(txn.get(), dbi, &found, &value, 0) == MDB_SUCCESS);
        must(commit(std::move(txn)));
    }
    void remove(const StoredRow& row) {
        auto txn = must(store_->begin(Access::read_write));
        MDB_val found{row.key.size(), const_cast<char*>(row.key.data())};
        const unsigned dbi = store_->databases().of(row.table);
        REQUIRE(mdb_del(txn.get(), dbi, &found, nullptr) == MDB_SUCCESS);
        must(commit(std::move(txn)));
    }

    std::string said() const {
        const auto view = balances_->view();
        return view ? said_by(*view) : "damaged";
    }
    const std::string& good() const { return good_; }
    Ledger& ledger() { return ledger_; }
    const Place& place() const { return place_; }
    // As it was, but for what the ledger has come to.
    void project() { must(test::open_projector(place_, ledger_)->catch_up()); }

private:
    Place place_;
    Ledger ledger_{place_.journal()};
    std::shared_ptr<Store> store_;
    std::unique_ptr<Balances> balances_;
    std::string good_;
};

}  // namespace

TEST_CASE("the checksum is the one of zlib", "[projector][golden]") {
    CHECK(crc32(0, as_bytes("123456789")) == 0xCBF43926);
    CHECK(crc32(crc32(0, as_bytes("1234")), as_bytes("56789")) == 0xCBF43926);
    CHECK(crc32(0, {}) == 0);
}

TEST_CASE("a row with a flipped bit is told, whichever it is", "[projector][I23]") {
    Vandal vandal;
    REQUIRE(vandal.good() != "damaged");
    for (const StoredRow& row : vandal.rows()) {
        for (const std::size_t at : {std::size_t{0}, row.value.size() / 2, row.value.size() - 9,
                                     row.value.size() - 5, row.value.size() - 1}) {
            StoredRow damaged = row;
            damaged.value[at] = static_cast<char>(damaged.value[at] ^ 0x10);
            vandal.put(damaged);
            CAPTURE(name_of(row.table), at);
            CHECK(vandal.said() == "damaged");
        }
        vandal.put(row);
    }
    CHECK(vandal.said() == vandal.good());
}

TEST_CASE("a row that is missing is told, whichever it is", "[projector][I23]") {
    Vandal vandal;
    for (const StoredRow& row : vandal.rows()) {
        vandal.remove(row);
        CAPTURE(name_of(row.table));
        CHECK(vandal.said() == "damaged");
        vandal.put(row);
    }
    CHECK(vandal.said() == vandal.good());
}

TEST_CASE("a key that has lost its row is not taken for one that never had any",
          "[projector][I23]") {
    Vandal vandal;
    const auto is_lost = [&](const auto& read) {
        const auto view = must(must(Balances::open(vandal.place().projection()))->view());
        const auto found = read(view);
        return !found && found.error().code == ErrorCode::damaged;
    };
    for (const StoredRow& row : vandal.rows()) {
        if (row.table != Table::codes && row.table != Table::references) continue;
        CAPTURE(row.key);
        vandal.remove(row);
        if (row.table == Table::codes) {
            CHECK(is_lost([&](const View& view) { return view.find(row.key); }));
        } else {
            CHECK(is_lost([&](const View& view) { return view.find_reference(row.key); }));
        }
        vandal.put(row);
    }
}

TEST_CASE("a row in the place of another is told", "[projector][I23]") {
    Vandal vandal;
    const auto rows = vandal.rows();
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
        if (rows[i].table != rows[i + 1].table) continue;
        vandal.put({rows[i].table, rows[i].key, rows[i + 1].value});
        vandal.put({rows[i].table, rows[i + 1].key, rows[i].value});
        CAPTURE(name_of(rows[i].table), i);
        CHECK(vandal.said() == "damaged");
        vandal.put(rows[i]);
        vandal.put(rows[i + 1]);
    }
}

TEST_CASE("a balance or an account of an earlier state is told", "[projector][I23]") {
    Vandal vandal;
    const auto before = vandal.rows();
    vandal.ledger().transfer(1, 2, 5);
    vandal.ledger().submit(SetAccountState{key(99), {AccountNumber{1}, {}}, AccountState::frozen});
    vandal.ledger().commit();
    vandal.project();
    const auto after = vandal.rows();
    const std::string good = vandal.said();
    REQUIRE(good != "damaged");
    int changed = 0;
    for (const StoredRow& row : before) {
        if (row.table != Table::balances && row.table != Table::accounts &&
            row.table != Table::groups) {
            continue;
        }
        const auto now = std::ranges::find_if(after, [&](const StoredRow& other) {
            return other.table == row.table && other.key == row.key;
        });
        REQUIRE(now != after.end());
        if (now->value == row.value) continue;
        ++changed;
        vandal.put(row);
        CAPTURE(name_of(row.table));
        CHECK(vandal.said() == "damaged");
        vandal.put(*now);
    }
    CHECK(changed == 4);  // two balances, an account, their group
    CHECK(vandal.said() == good);
}

TEST_CASE("a projector that meets a damaged row builds all rows anew", "[projector][I23]") {
    Vandal vandal;
    for (StoredRow row : vandal.rows()) {
        if (row.table != Table::groups && row.table != Table::holds) continue;
        row.value[0] = static_cast<char>(row.value[0] ^ 1);
        vandal.put(row);
    }
    CHECK(vandal.said() == "damaged");
    vandal.ledger().transfer(1, 2, 5);
    vandal.ledger().submit(
        PlaceHold{key(98), {AccountNumber{2}, {}}, {AccountNumber{1}, {}}, Amount{0, 1}, {}});
    vandal.ledger().commit();
    vandal.project();
    CHECK(test::text_of(must(must(Balances::open(vandal.place().projection()))->view())) ==
          test::text_of(vandal.ledger().book()));
}

}  // namespace daybook::projector

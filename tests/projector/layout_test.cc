#include "projector/layout.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <lmdb.h>

#include "projector/keys.h"
#include "projector/lmdb_txn.h"
#include "projector/rows.h"
#include "projector/seals.h"
#include "tests/projector/support.h"

namespace daybook::projector {

namespace {

std::string hex_of(Bytes bytes) {
    return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

// As the standard says it, a bit at a time.
std::uint32_t slow_crc32(const std::vector<std::byte>& bytes) {
    std::uint32_t sum = 0xFFFFFFFF;
    for (const std::byte byte : bytes) {
        sum ^= static_cast<std::uint8_t>(byte);
        for (int bit = 0; bit < 8; ++bit)
            sum = (sum & 1) != 0 ? (sum >> 1) ^ 0xEDB88320 : sum >> 1;
    }
    return ~sum;
}

// The ends of a database's rows are what FORMAT.md says.
class Ends {
public:
    explicit Ends(const std::string& name)
        : table_{static_cast<std::uint8_t>(std::ranges::find(kNames, name) - kNames.begin())},
          is_linked_{name == "codes" || name == "holds" || name == "reversals" || name == "terms" ||
                     name == "references"} {}

    // The row without its end.
    Bytes take(Bytes key, Bytes stored) {
        RowEnd end;
        REQUIRE(stored.size() >= sizeof end);
        std::memcpy(&end, stored.last(sizeof end).data(), sizeof end);
        std::vector<std::byte> covered;
        const auto add = [&](Bytes bytes) {
            covered.insert(covered.end(), bytes.begin(), bytes.end());
        };
        add(std::as_bytes(std::span{test::kBook.bytes}));
        add(bytes_of(table_));
        add(key);
        add(stored.first(stored.size() - sizeof end.check));
        CHECK(end.check == slow_crc32(covered));
        if (is_linked_ && !is_first_) CHECK(next_ == slow_crc32({key.begin(), key.end()}));
        if (!is_linked_) CHECK(end.next == 0);
        if (is_linked_ && is_first_) size_.first = slow_crc32({key.begin(), key.end()});
        ++size_.rows;
        size_.checks += end.check;
        is_first_ = false;
        next_ = end.next;
        return stored.first(stored.size() - sizeof end);
    }

    // Of all that was taken.
    const TableSize& size() const { return size_; }

private:
    static constexpr std::array<std::string_view, 10> kNames{
        "meta",  "assets",    "accounts", "codes",      "balances",
        "holds", "reversals", "terms",    "references", "groups"};
    std::uint8_t table_;
    bool is_linked_;
    bool is_first_ = true;
    std::uint32_t next_ = 0;
    TableSize size_;
};

struct Dump {
    std::string text;  // without the ends
    std::map<std::string, TableSize> sizes;
};

// Every named database and what is in it, as another program would read it.
Dump dump(const std::filesystem::path& directory) {
    MDB_env* environment = nullptr;
    MDB_txn* txn = nullptr;
    REQUIRE(mdb_env_create(&environment) == 0);
    REQUIRE(mdb_env_set_maxdbs(environment, kDatabasesMax) == 0);
    REQUIRE(mdb_env_set_mapsize(environment, kMapBytes) == 0);
    REQUIRE(mdb_env_open(environment, directory.c_str(), MDB_RDONLY | MDB_NOTLS, 0) == 0);
    REQUIRE(mdb_txn_begin(environment, nullptr, MDB_RDONLY, &txn) == 0);
    Dump dump;
    const auto for_each = [&](MDB_dbi dbi, const auto& visit) {
        MDB_cursor* cursor = nullptr;
        REQUIRE(mdb_cursor_open(txn, dbi, &cursor) == 0);
        MDB_val key{};
        MDB_val value{};
        const auto bytes = [](const MDB_val& stored) {
            return Bytes{static_cast<const std::byte*>(stored.mv_data), stored.mv_size};
        };
        while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0)
            visit(bytes(key), bytes(value));
        mdb_cursor_close(cursor);
    };
    MDB_dbi root = 0;
    REQUIRE(mdb_dbi_open(txn, nullptr, 0, &root) == 0);
    for_each(root, [&](Bytes name_bytes, Bytes) {
        const std::string name{reinterpret_cast<const char*>(name_bytes.data()), name_bytes.size()};
        MDB_dbi dbi = 0;
        REQUIRE(mdb_dbi_open(txn, name.c_str(), 0, &dbi) == 0);
        Ends ends{name};
        for_each(dbi, [&](Bytes key, Bytes value) {
            const Bytes row = ends.take(key, value);
            dump.text += name + ' ' + hex_of(key) + ' ' + hex_of(row) + '\n';
        });
        dump.sizes[name] = ends.size();
    });
    mdb_txn_abort(txn);
    mdb_env_close(environment);
    return dump;
}

const AccountInfo kAlice{.number = AccountNumber{258},
                         .code = "users:alice",
                         .asset = AssetNumber{7},
                         .type = AccountType::liability,
                         .state = AccountState::open,
                         .limits = {.min = SignedAmount{-2}, .max = {}},
                         .opened = Seq{0x0102}};

const Balance kSome{.totals = {.posted_debits = Amount{1, 2},
                               .posted_credits = Amount{3, 4},
                               .held_debits = Amount{5, 6},
                               .held_credits = Amount{7, 8}},
                    .version = 9,
                    .last = TouchPointer{Seq{0x0A}, 0x0B}};

}  // namespace

TEST_CASE("the bytes of a balance never change", "[projector][golden]") {
    const BalanceRow row = to_row(kSome);
    CHECK(hex_of(bytes_of(row)) ==
          "02000000000000000100000000000000"
          "04000000000000000300000000000000"
          "06000000000000000500000000000000"
          "08000000000000000700000000000000"
          "09000000000000000b000a0000000000");
}

TEST_CASE("the end of a row never changes", "[projector][golden][I23]") {
    const Seals seals{test::kBook};
    const std::uint64_t number = key_of(AccountNumber{258});
    const SealedRow balance{seals, Table::balances, bytes_of(number), bytes_of(to_row(kSome))};
    CHECK(hex_of(balance.bytes().last(8)) == "0000000015de917e");
    const SealedRow code{seals, Table::codes, as_bytes("users:alice"), bytes_of(std::uint64_t{258}),
                         link_to(as_bytes("users:bob"))};
    CHECK(hex_of(code.bytes()) == "02010000000000004721e8caa9e00352");
}

TEST_CASE("a balance whose totals no ledger can have is damage", "[projector][I23]") {
    for (const std::size_t last_of_total : {15U, 31U, 47U, 63U}) {
        BalanceRow row = to_row(kSome);
        reinterpret_cast<std::uint8_t*>(&row)[last_of_total] |= 0x80;
        const auto balance = balance_from(bytes_of(row));
        REQUIRE_FALSE(balance);
        CHECK(balance.error().code == ErrorCode::damaged);
    }
}

TEST_CASE("the bytes of an account never change", "[projector][golden]") {
    const AccountBytes row{kAlice};
    CHECK(hex_of(row.bytes()) ==
          "070000000201010b0201000000000000"
          "feffffffffffffffffffffffffffffff"
          "00000000000000000000000000000000"
          "75736572733a616c6963650000000000");
}

TEST_CASE("the bytes of an asset and of the watermark never change", "[projector][golden]") {
    const AssetRow asset = to_row(AssetInfo{.number = AssetNumber{1}, .code = "USD", .scale = 2});
    CHECK(hex_of(bytes_of(asset)) == "020300000000000055534400000000000000000000000000");
    const WatermarkRow watermark = to_row(Watermark{
        .seq = Seq{1}, .block_number = 2, .stamp = Stamp{3}, .block_hash = {{4}}, .book = {{5}}});
    CHECK(hex_of(bytes_of(watermark)) ==
          "44424b5004005800010000000000000002000000000000000300000000000000"
          "05000000000000000000000000000000"
          "0400000000000000000000000000000000000000000000000000000000000000");
}

TEST_CASE("the bytes of a hold and of a reversal never change", "[projector][golden]") {
    const HoldRow hold = to_row(OpenHold{.id = EntryId{Seq{1}, 0},
                                         .debit = AccountNumber{0x0102},
                                         .credit = AccountNumber{3},
                                         .remaining = Amount{4, 5},
                                         .captured = Amount{6, 7},
                                         .expires_at = Stamp{-2}});
    CHECK(hex_of(bytes_of(hold)) ==
          "02010000000000000300000000000000"
          "05000000000000000400000000000000"
          "07000000000000000600000000000000"
          "feffffffffffffff");
    const ReversalKey key{.original = key_of(EntryId{Seq{0x0102}, 3}),
                          .reversal = key_of(EntryId{Seq{0x0104}, 0})};
    CHECK(hex_of(bytes_of(key)) == "00000000010200030000000001040000");
    CHECK(hex_of(bytes_of(ReversalRow{.postings = 2})) == "0200000000000000");
}

TEST_CASE("the bytes of a past state never change", "[projector][golden]") {
    CHECK(hex_of(bytes_of(terms_key(AccountNumber{258}, Seq{0x0102}))) ==
          "00000000000001020000000000000102");
    AccountInfo account = kAlice;
    account.state = AccountState::frozen_credits;
    const TermsRow row = terms_row(account);
    CHECK(hex_of(bytes_of(row)) ==
          "0301000000000000"
          "feffffffffffffffffffffffffffffff"
          "00000000000000000000000000000000");
    CHECK(test::text_of(test::must(with_terms(kAlice, bytes_of(row))), kSome) ==
          test::text_of(account, kSome));
}

TEST_CASE("every database of a small book is as FORMAT.md says", "[projector][golden]") {
    const test::Place place;
    test::Ledger ledger{place.journal()};
    ledger.define("USD");
    ledger.open("a", "USD", {.min = {}, .max = SignedAmount{100}});
    ledger.open("b");
    ledger.transfer(1, 2, 9);
    ledger.submit(ReverseEntry{{{7}}, EntryId{Seq{4}, 0}, {Amount{0, 2}, Amount{0, 2}}});
    ledger.submit(
        PlaceHold{{{8}}, {AccountNumber{2}, {}}, {AccountNumber{1}, {}}, Amount{0, 3}, {}});
    Particulars said;
    said.reference = "r";
    said.is_reference_unique = true;
    ledger.submit(SetAccountState{{{9}}, {AccountNumber{1}, {}}, AccountState::frozen, said});
    ledger.transfer(1, 1, 1);  // rejected: the same account
    ledger.commit();
    test::must(test::open_projector(place, ledger)->catch_up());

    auto [text, sizes] = dump(place.projection());

    const std::string none(32, '0');
    const std::string two = "0200000000000000" + std::string(16, '0');
    const std::string three = "0300000000000000" + std::string(16, '0');
    const std::string nine = "0900000000000000" + std::string(16, '0');
    const Stamp stamp = ledger.head().stamp;
    // 35 numbers: seven were accepted, one has the rejection 8
    const std::string zeros(std::size_t{16} * 7, '0');
    const std::string outcomes =
        "0700000000000000" + zeros + "0100000000000000" + std::string(std::size_t{16} * 26, '0');
    // Of each: how many rows; where they are linked, the first, and what their checks add up to.
    sizes["meta"] = {};
    std::string tables;
    for (const char* name : {"meta", "assets", "accounts", "codes", "balances", "holds",
                             "reversals", "terms", "references", "groups"}) {
        TableSize size = sizes[name];
        if (size.first == 0) size.checks = 0;
        tables += hex_of(bytes_of(size));
    }
    const std::string expected =
        // number: asset 1, liability, open, bounds, one byte of code; opened; min; max; code
        "accounts 0000000000000001 01000000020402010200000000000000" + none + "6400000000000000" +
        std::string(16, '0') + "6100000000000000\n" +
        "accounts 0000000000000002 01000000020100010300000000000000" + none + none +
        "6200000000000000\n" +
        "assets 00000001 0203000000000000"
        "55534400000000000000000000000000\n" +
        // posted and held debits and credits; version; the newest touch
        "balances 0000000000000001 " + nine + two + none + three +
        "0400000000000000"
        "0000070000000000\n" +
        "balances 0000000000000002 " + two + nine + three + none +
        "0300000000000000"
        "0000060000000000\n" +
        "codes 61 0100000000000000\ncodes 62 0200000000000000\n" +
        // what the checks of the two accounts' rows add up to
        "groups 0000000000000000 " + hex_of(bytes_of(sizes["accounts"].checks)) +
        hex_of(bytes_of(sizes["balances"].checks)) + "\n" +
        "holds 0000000000060000 0200000000000000"
        "0100000000000000" +
        three + none + "0000000000000000\n" + "meta " + hex_of(as_bytes("outcomes")) + " " +
        outcomes + "\nmeta " + hex_of(as_bytes("tables")) + " " + tables + "\nmeta " +
        hex_of(as_bytes("watermark")) +
        " 44424b5004005800"
        "0800000000000000" +
        "0100000000000000" + hex_of(bytes_of(stamp.nanoseconds())) + to_hex(test::kBook.bytes) +
        to_hex(ledger.head().hash.bytes) + "\n" + "references 72 0000070000000000\n" +
        "reversals 00000000000400000000000000050000 0200000000000000\n" +
        // until record 7: open, with a max
        "terms 00000000000000010000000000000007 0102000000000000" + none + "6400000000000000" +
        std::string(16, '0') + "\n";
    CHECK(text == expected);
}

TEST_CASE("keys sort as their numbers do", "[projector][golden]") {
    const std::uint64_t account = key_of(kAlice.number);
    const std::uint32_t asset = key_of(AssetNumber{258});
    CHECK(hex_of(bytes_of(account)) == "0000000000000102");
    CHECK(hex_of(bytes_of(asset)) == "00000102");
}

TEST_CASE("what is written as a row is read back", "[projector]") {
    const BalanceRow balance = to_row(kSome);
    const AccountBytes account{kAlice};
    CHECK(test::text_of(test::must(account_from(kAlice.number, account.bytes())),
                        test::must(balance_from(bytes_of(balance)))) ==
          test::text_of(kAlice, kSome));
}

TEST_CASE("rows of another size or with unknown enumerators are damaged", "[projector]") {
    const AccountBytes account{kAlice};
    const Bytes bytes = account.bytes();
    const auto is_damaged = [](const auto& result) {
        return !result && result.error().code == ErrorCode::damaged;
    };
    CHECK(is_damaged(account_from(kAlice.number, bytes.first(40))));
    CHECK(is_damaged(account_from(kAlice.number, bytes.first(bytes.size() - 8))));
    CHECK(is_damaged(balance_from(bytes.first(72 - 8))));
    CHECK(is_damaged(asset_from(AssetNumber{1}, bytes.first(16))));
    CHECK(is_damaged(watermark_from(bytes.first(48))));

    std::vector<std::byte> changed(bytes.begin(), bytes.end());
    changed[4] = std::byte{6};
    CHECK(is_damaged(account_from(kAlice.number, changed)));
    changed[4] = std::byte{1};
    changed[5] = std::byte{0};
    CHECK(is_damaged(account_from(kAlice.number, changed)));

    WatermarkRow other_version = to_row(Watermark{});
    other_version.format_version = kFormatVersion + 1;
    CHECK(is_damaged(watermark_from(bytes_of(other_version))));
}

}  // namespace daybook::projector

#include "projector/layout.h"

#include <string>

#include <catch2/catch.hpp>

#include "projector/lmdb_txn.h"
#include "projector/rows.h"
#include "tests/projector/support.h"

namespace daybook::projector {

namespace {

std::string hex_of(Bytes bytes) {
    return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
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
          "44424b5002005000010000000000000002000000000000000300000000000000"
          "05000000000000000000000000000000"
          "0400000000000000000000000000000000000000000000000000000000000000");
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

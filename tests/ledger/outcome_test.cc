#include "ledger/outcome.h"

#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "ledger/command.h"

namespace daybook {

TEST_CASE("every rejection has a name and a remedy", "[ledger][outcome]") {
    std::set<std::string_view> names;
    for (std::uint16_t code = 1; code <= code_of(kRejectionLast); ++code) {
        CAPTURE(code);
        CHECK_FALSE(name_of_code(code).empty());
        CHECK_FALSE(remedy_of_code(code).empty());
        CHECK(names.insert(name_of_code(code)).second);
    }
    CHECK(name_of_code(code_of(kRejectionLast) + 1).empty());
}

TEST_CASE("every refusal and malformation has a name and a remedy", "[ledger][outcome]") {
    const auto first_and_last = GENERATE(std::pair{1001, 1005}, std::pair{2001, 2030});
    for (int code = first_and_last.first; code <= first_and_last.second; ++code) {
        CAPTURE(code);
        CHECK_FALSE(name_of_code(static_cast<std::uint16_t>(code)).empty());
        CHECK_FALSE(remedy_of_code(static_cast<std::uint16_t>(code)).empty());
    }
    CHECK(name_of_code(static_cast<std::uint16_t>(first_and_last.second + 1)).empty());
}

TEST_CASE("codes are named as they are spelled in the code", "[ledger][outcome]") {
    CHECK(name_of(Rejection::insufficient_funds) == "insufficient_funds");
    CHECK(name_of(Rejection::same_account) == "same_account");
    CHECK(name_of(Refusal::idempotency_key_reused) == "idempotency_key_reused");
    CHECK(name_of(Malformation::side_unknown) == "side_unknown");
    CHECK(name_of(Verdict::not_seen) == "not_seen");
    CHECK(name_of_code(0).empty());
    CHECK(remedy_of_code(0).empty());
    CHECK(remedy_of_code(999).empty());
}

TEST_CASE("the numbers on disk and on the wire do not change", "[ledger][outcome]") {
    CHECK(code_of(Rejection::voided) == 1);
    CHECK(code_of(Rejection::unbalanced) == 11);
    CHECK(code_of(Rejection::limit_exceeded) == 14);
    CHECK(code_of(Refusal::idempotency_key_reused) == 1001);
    CHECK(code_of(Malformation::bad_bytes) == 2001);
    CHECK(code_of(Malformation::side_unknown) == 2019);
    CHECK(static_cast<int>(Verdict::accepted) == 1);
    CHECK(static_cast<int>(Verdict::not_seen) == 5);
    CHECK(static_cast<int>(Side::debit) == 1);
    CHECK(static_cast<int>(AccountType::expense) == 5);
    CHECK(static_cast<int>(AccountState::closed) == 5);
}

TEST_CASE("commands are named as they are spelled in the code", "[ledger][outcome]") {
    CHECK(name_of(kind_of(Transfer{})) == "transfer");
    CHECK(name_of(kind_of(Command{DefineAsset{}})) == "define_asset");
    CHECK(name_of(kind_of(Command{OpenAccount{}})) == "open_account");
    CHECK(name_of(kind_of(Command{PostEntry{}})) == "post_entry");
    CHECK(name_of(kind_of(VoidKey{})) == "void_key");
    CHECK(static_cast<int>(CommandKind::void_key) == 5);
    CHECK(static_cast<int>(CommandKind::atomic) == 13);
}

}  // namespace daybook

#include "tests/fuzz/operations.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace daybook::fuzz {

namespace {

Id128 key_of_number(std::uint8_t number) {
    Id128 key;
    key.bytes[0] = 0x7e;
    key.bytes[15] = number;
    return key;
}

Amount take_amount(Input& input) {
    const auto value = input.number();
    if (value < 0xf0) return Amount{value};
    // Near the ends of the numbers' ranges.
    return Amount{(Uint128{1} << ((value & 1) != 0 ? 127 : 64)) - (value & 7)};
}

SignedAmount take_signed(Input& input) {
    const auto value = input.number<std::int8_t>();
    return SignedAmount{Int128{value} * 4};
}

AccountNumber number_in(std::uint8_t byte) {
    return AccountNumber{byte % 9U};
}

AccountRef take_account(Input& input) {
    const auto byte = input.number();
    if (byte < 0xc0) return {number_in(byte), {}};
    return {{}, std::string(1, static_cast<char>('a' + byte % 8))};
}

EntryId take_entry(Input& input) {
    const auto byte = input.number();
    return {Seq{std::uint64_t{byte} & 0x3f}, static_cast<std::uint16_t>(byte >> 6)};
}

Particulars take_particulars(Input& input) {
    const auto byte = input.number();
    if (byte < 0xc0) return {};
    Particulars said;
    said.reference = std::string{"r"} + static_cast<char>('0' + byte % 4);
    said.is_reference_unique = (byte & 0x10) != 0;
    return said;
}

Preconditions take_require(Input& input) {
    const auto byte = input.number();
    if (byte < 0xe0) return {};
    return {{take_account(input), static_cast<Measure>(1 + byte % 3),
             static_cast<Comparison>(1 + byte / 3 % 5), take_signed(input)}};
}

Limits take_limits(Input& input) {
    const auto bits = input.number();
    Limits limits;
    if ((bits & 1) != 0) limits.min = take_signed(input);
    if ((bits & 2) != 0) limits.max = take_signed(input);
    return limits;
}

PostEntry take_entry_to_post(Input& input) {
    PostEntry entry;
    const auto shape = input.number();
    const std::size_t count = 2 + shape % 4;
    for (std::size_t i = 0; i < count; ++i) {
        auto account = take_account(input);
        const auto side = (shape >> (4 + i % 4) & 1) != 0 ? Side::credit : Side::debit;
        entry.postings.push_back({std::move(account), side, take_amount(input)});
    }
    const auto more = input.number();
    if (more >= 0xf0) entry.rate = Rate{more & 7U, 1 + (more & 3U), Rounding::half_even, {{}, "e"}};
    if (more < 0x10) entry.balancing = static_cast<Balancing>(more & 3);
    entry.particulars = take_particulars(input);
    entry.require = take_require(input);
    return entry;
}

ReverseEntry take_reversal(Input& input) {
    ReverseEntry reversal;
    reversal.entry = take_entry(input);
    const auto count = input.number() % 8;
    for (int i = 0; i < count - 3; ++i)
        reversal.amounts.push_back(take_amount(input));
    reversal.particulars = take_particulars(input);
    return reversal;
}

Member take_member(Input& input, unsigned kind) {
    switch (kind % 9) {
        case 0:
            return take_entry_to_post(input);
        case 1:
            return PlaceHold{{},
                             take_account(input),
                             take_account(input),
                             take_amount(input),
                             Stamp{std::int64_t{input.number()} * 100},
                             take_particulars(input),
                             take_require(input)};
        case 2: {
            CaptureHold capture{{}, take_entry(input)};
            const auto bits = input.number();
            if ((bits & 1) != 0) capture.amount = take_amount(input);
            capture.is_final = (bits & 2) != 0;
            return capture;
        }
        case 3:
            return ReleaseHold{{}, take_entry(input), take_particulars(input)};
        case 4:
            return take_reversal(input);
        case 5:
            return SetAccountState{
                {}, take_account(input), static_cast<AccountState>(1 + input.number() % 5), {}};
        case 6:
            return SetLimits{{}, take_account(input), take_limits(input)};
        case 7:
            return OpenAccount{{},
                               std::string(1, static_cast<char>('a' + input.number() % 12)),
                               (input.number() & 1) != 0 ? "EUR" : "USD",
                               static_cast<AccountType>(1 + input.number() % 5),
                               take_limits(input)};
        default:
            return DefineAsset{{},
                               std::string(1, static_cast<char>('A' + input.number() % 4)),
                               input.number() % 20U};
    }
}

}  // namespace

std::vector<Command> first_commands() {
    const Limits above_zero{SignedAmount{}, {}};
    const auto key = [](std::uint8_t number) {
        Id128 made = key_of_number(number);
        made.bytes[0] = 0x01;
        return made;
    };
    return {DefineAsset{key(1), "USD", 2},
            DefineAsset{key(2), "EUR", 3},
            OpenAccount{key(3), "a", "USD", AccountType::asset, {}},
            OpenAccount{key(4), "b", "USD", AccountType::liability, above_zero},
            OpenAccount{key(5), "c", "USD", AccountType::liability, above_zero},
            OpenAccount{key(6), "d", "EUR", AccountType::asset, {}},
            OpenAccount{key(7), "e", "EUR", AccountType::equity, {}},
            OpenAccount{key(8),
                        "f",
                        "USD",
                        AccountType::income,
                        {SignedAmount{Int128{-50}}, SignedAmount{Int128{1000}}}}};
}

Command take_command(Input& input) {
    const auto kind = input.number();
    const Id128 key = key_of_number(input.number() & 0x3f);
    if (kind < 0x60) {
        const auto accounts = input.number();
        const auto rest = input.number();
        return Transfer{key,
                        number_in(accounts & 15),
                        number_in(static_cast<std::uint8_t>(accounts >> 4)),
                        take_amount(input),
                        {},
                        Stamp{rest},
                        rest < 0xfc ? Balancing::none : static_cast<Balancing>(rest & 3)};
    }
    if (kind >= 0xfc) return VoidKey{key};
    if (kind >= 0xe0) {
        Atomic atomic{key, {}};
        for (unsigned count = 1 + (kind & 3U); count > 0; --count)
            atomic.members.push_back(take_member(input, input.number()));
        atomic.require = take_require(input);
        return atomic;
    }
    return std::visit(
        [&](auto stated) -> Command {
            stated.key = key;
            return stated;
        },
        take_member(input, kind));
}

}  // namespace daybook::fuzz

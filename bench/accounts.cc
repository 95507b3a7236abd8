#include "bench/accounts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <random>
#include <span>

#include "gateway/key.h"
#include "ledger/outcome.h"

namespace daybook::bench {

namespace {

constexpr std::size_t kAtOnce = 1000;
constexpr unsigned kScale = 2;

// What makes 128 bits a UUIDv7.
constexpr std::uint64_t kVersion = 0x7000;
constexpr std::uint64_t kVariant = std::uint64_t{2} << 62;
constexpr std::uint64_t kPerMillisecond = 4096;

Id128 new_key() {
    SystemClock clock;
    return gateway::new_key(clock.now());
}

std::unexpected<Error> rejected(const std::string& what, const schema::Receipt& receipt) {
    return fail(ErrorCode::bad_input, what + " was " + std::string{name_of(receipt.verdict)} +
                                          ": " + std::string{name_of_code(receipt.code)} +
                                          "; use a data directory of its own for the bench");
}

Result<std::vector<AccountNumber>> numbers_of(gateway::CommandClient& client,
                                              std::span<const OpenAccount> accounts) {
    std::vector<std::string> codes;
    codes.reserve(accounts.size());
    for (const auto& account : accounts)
        codes.push_back(account.code);
    const auto resolved = client.resolve(codes);
    if (!resolved) return std::unexpected{resolved.error()};
    std::vector<AccountNumber> numbers;
    numbers.reserve(resolved->size());
    for (const auto& account : *resolved)
        numbers.push_back(account.number);
    return numbers;
}

// Those of `accounts` that have no number yet.
Result<void> open_missing(gateway::CommandClient& client, std::span<const OpenAccount> accounts,
                          const std::vector<AccountNumber>& numbers) {
    std::vector<Command> commands;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (!numbers[i].is_none()) continue;
        OpenAccount account = accounts[i];
        account.key = new_key();
        account.asset = kAsset;
        commands.emplace_back(std::move(account));
    }
    if (commands.empty()) return {};
    const auto receipts = client.execute(commands);
    if (!receipts) return std::unexpected{receipts.error()};
    for (std::size_t i = 0; i < receipts->size(); ++i) {
        if ((*receipts)[i].verdict == Verdict::accepted) continue;
        return rejected("account " + std::get<OpenAccount>(commands[i]).code, (*receipts)[i]);
    }
    return {};
}

}  // namespace

KeySpace KeySpace::start(Stamp now) {
    const auto milliseconds = static_cast<std::uint64_t>(now.nanoseconds() / 1'000'000);
    std::random_device random;
    const std::uint64_t bits = (std::uint64_t{random()} << 32) | random();
    return KeySpace{milliseconds, kVariant | (bits >> 2)};
}

Id128 KeySpace::key(std::uint64_t number) const {
    const std::uint64_t time = first_millisecond_ + number / kPerMillisecond;
    return std::bit_cast<Id128>(
        std::array{__builtin_bswap64((time << 16) | kVersion | number % kPerMillisecond),
                   __builtin_bswap64(random_)});
}

bool KeySpace::holds(const Id128& key) const {
    const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(key.bytes);
    return __builtin_bswap64(words[1]) == random_;
}

std::uint64_t KeySpace::number_of(const Id128& key) const {
    const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(key.bytes);
    const std::uint64_t first = __builtin_bswap64(words[0]);
    return ((first >> 16) - first_millisecond_) * kPerMillisecond + first % kPerMillisecond;
}

Result<std::vector<AccountNumber>> open_accounts(gateway::CommandClient& client,
                                                 const std::vector<OpenAccount>& accounts) {
    const auto defined = client.execute(DefineAsset{new_key(), kAsset, kScale});
    if (!defined) return std::unexpected{defined.error()};
    if (defined->verdict != Verdict::accepted &&
        defined->code != code_of(Rejection::asset_exists)) {
        return rejected(std::string{"asset "} + kAsset, *defined);
    }
    std::vector<AccountNumber> numbers;
    numbers.reserve(accounts.size());
    for (std::size_t done = 0; done < accounts.size(); done += kAtOnce) {
        const auto part =
            std::span{accounts}.subspan(done, std::min(kAtOnce, accounts.size() - done));
        auto before = numbers_of(client, part);
        if (!before) return before;
        const auto opened = open_missing(client, part, *before);
        if (!opened) return std::unexpected{opened.error()};
        auto after = numbers_of(client, part);
        if (!after) return after;
        numbers.insert(numbers.end(), after->begin(), after->end());
    }
    return numbers;
}

}  // namespace daybook::bench

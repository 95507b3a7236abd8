#include "bench/accounts.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>
#include <span>

#include "gateway/key.h"
#include "ledger/outcome.h"

namespace daybook::bench {

namespace {

constexpr std::size_t kAtOnce = 1000;
constexpr unsigned kScale = 2;

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
    constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
    const auto time = static_cast<std::uint64_t>(now.nanoseconds() / kNanosecondsPerMillisecond);
    const std::uint64_t word = __builtin_bswap64((time << 16) | (std::random_device{}() & 0xffff));
    Id128 first;
    std::memcpy(first.bytes.data(), &word, sizeof word);
    return KeySpace{first};
}

Id128 KeySpace::key(std::uint64_t number) const {
    Id128 key = first_;
    const std::uint64_t word = __builtin_bswap64(number);
    std::memcpy(key.bytes.data() + sizeof word, &word, sizeof word);
    return key;
}

bool KeySpace::holds(const Id128& key) const {
    return std::memcmp(key.bytes.data(), first_.bytes.data(), sizeof(std::uint64_t)) == 0;
}

std::uint64_t KeySpace::number_of(const Id128& key) {
    std::uint64_t word = 0;
    std::memcpy(&word, key.bytes.data() + sizeof word, sizeof word);
    return __builtin_bswap64(word);
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

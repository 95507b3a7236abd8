#include "bench/crossfire_accounts.h"

#include <algorithm>

#include "base/clock.h"
#include "bench/accounts.h"
#include "gateway/command_client.h"

namespace daybook::bench {

namespace {

constexpr std::uint64_t kUserFunds = 10'000;
// A race account gets next to nothing: only for the receipt, which says what it holds.
constexpr std::uint64_t kRaceFunds = 1;
constexpr std::size_t kAtOnce = 1000;

std::vector<OpenAccount> accounts_of(const CrossfireShape& shape, std::uint32_t account_count) {
    std::vector<OpenAccount> accounts(account_count);
    const Limits no_overdraft{SignedAmount{0}, std::nullopt};
    for (std::uint32_t place = 0; place < account_count; ++place) {
        auto& account = accounts[place];
        if (place == kCashPlace) {
            account.code = "crossfire:cash";
            account.type = AccountType::asset;
            continue;
        }
        const bool is_user = place <= shape.users;
        account.code = is_user ? "crossfire:" + std::to_string(place)
                               : "crossfire:race:" + std::to_string(place - shape.users);
        account.limits = no_overdraft;
    }
    return accounts;
}

std::int64_t balance_after(const Touch& touch, AccountType type) {
    return static_cast<std::int64_t>(posted_balance(type, touch.after).minor_units());
}

std::vector<Command> deposits(const KeySpace& keys, const CrossfireShape& shape,
                              const std::vector<AccountNumber>& numbers, std::size_t first) {
    std::vector<Command> commands;
    const std::size_t end = std::min(first + kAtOnce, numbers.size());
    for (std::size_t place = first; place < end; ++place) {
        const Amount amount{place <= shape.users ? kUserFunds : kRaceFunds};
        PostEntry entry;
        entry.key = keys.key(place);
        entry.postings = {{{numbers[kCashPlace], {}}, Side::debit, amount},
                          {{numbers[place], {}}, Side::credit, amount}};
        commands.emplace_back(std::move(entry));
    }
    return commands;
}

Result<void> take(const schema::Receipt& receipt, std::size_t place, CrossfireAccounts& accounts) {
    if (receipt.verdict != Verdict::accepted || receipt.touches.size() != 2) {
        return fail(ErrorCode::bad_input,
                    "an account could not be funded: " + std::string{name_of_code(receipt.code)});
    }
    accounts.balances[kCashPlace] = balance_after(receipt.touches[0], AccountType::asset);
    accounts.balances[place] = balance_after(receipt.touches[1], AccountType::liability);
    accounts.head = receipt.seq;
    return {};
}

// Gives every account but cash something; the receipts bring what each holds then.
Result<void> fund(gateway::CommandClient& client, const CrossfireShape& shape,
                  CrossfireAccounts& accounts) {
    const KeySpace keys = KeySpace::start(SystemClock{}.now());
    accounts.balances.resize(accounts.numbers.size());
    for (std::size_t first = 1; first < accounts.numbers.size(); first += kAtOnce) {
        const auto receipts = client.execute(deposits(keys, shape, accounts.numbers, first));
        if (!receipts) return std::unexpected{receipts.error()};
        for (std::size_t i = 0; i < receipts->size(); ++i) {
            auto taken = take((*receipts)[i], first + i, accounts);
            if (!taken) return taken;
        }
    }
    return {};
}

}  // namespace

Result<CrossfireAccounts> prepare_accounts(const std::string& endpoint, const CrossfireShape& shape,
                                           std::uint32_t account_count) {
    gateway::ClientOptions options;
    options.endpoint = endpoint;
    options.wants_touches = true;
    const auto client = gateway::CommandClient::connect(options);
    if (!client) return std::unexpected{client.error()};
    auto numbers = open_accounts(**client, accounts_of(shape, account_count));
    if (!numbers) return std::unexpected{numbers.error()};
    CrossfireAccounts accounts;
    accounts.numbers = *std::move(numbers);
    const auto funded = fund(**client, shape, accounts);
    if (!funded) return std::unexpected{funded.error()};
    return accounts;
}

}  // namespace daybook::bench

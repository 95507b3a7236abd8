// Names: what accounts are called and counted in, by number; that never changes, so it is kept,
// as far as there is room. Thread-safe. Private to http/'s sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "gateway/query_client.h"
#include "ledger/account.h"
#include "ledger/numbers.h"

namespace daybook::http {

struct Name {
    std::string code;
    std::string asset;
    unsigned scale = 0;
    AccountType type = AccountType::liability;
};

// The names of some accounts, whatever else is learned or forgotten.
class KnownNames {
public:
    // Null when it is not among them.
    const Name* find(AccountNumber number) const;
    // It must be among them.
    const Name& at(AccountNumber number) const;
    void add(AccountNumber number, std::shared_ptr<const Name> name);
    void add_all(const KnownNames& others);

private:
    std::unordered_map<std::uint64_t, std::shared_ptr<const Name>> names_;
};

class Names {
public:
    // Keeps at least half as many as `bound`, and at most so many: the newest and the most used.
    explicit Names(std::size_t bound = 200'000) : bound_{bound} {}

    void add(AccountNumber number, Name name);
    // Of all these, or nothing when one of them is not known here.
    std::optional<KnownNames> known(const std::vector<AccountNumber>& numbers) const;
    // Of all these: asks for those it does not know, and does not wait. `try_again` when the
    // projection has not got one of them yet; those that it has are kept.
    Result<KnownNames> learn(gateway::QueryClient& client,
                             const std::vector<AccountNumber>& numbers);

private:
    using Generation = std::unordered_map<std::uint64_t, std::shared_ptr<const Name>>;

    std::shared_ptr<const Name> find(AccountNumber number) const;
    void keep(std::uint64_t number, std::shared_ptr<const Name> name) const;

    std::size_t bound_;
    mutable std::mutex mutex_;
    // When the young ones are half of the bound, the old ones are forgotten.
    mutable Generation young_;
    mutable Generation old_;
};

}  // namespace daybook::http

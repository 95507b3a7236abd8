#include "http/names.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/check.h"

namespace daybook::http {

const Name* KnownNames::find(AccountNumber number) const {
    const auto found = names_.find(number.value());
    return found == names_.end() ? nullptr : found->second.get();
}

const Name& KnownNames::at(AccountNumber number) const {
    const auto* name = find(number);
    CHECK_INVARIANT(name != nullptr, "an account is named after its name was learned");
    return *name;
}

void KnownNames::add(AccountNumber number, std::shared_ptr<const Name> name) {
    names_.insert_or_assign(number.value(), std::move(name));
}

void KnownNames::add_all(const KnownNames& others) {
    names_.insert(others.names_.begin(), others.names_.end());
}

// Under the lock.
std::shared_ptr<const Name> Names::find(AccountNumber number) const {
    const auto young = young_.find(number.value());
    if (young != young_.end()) return young->second;
    const auto old = old_.find(number.value());
    if (old == old_.end()) return nullptr;
    auto name = old->second;
    keep(number.value(), name);
    return name;
}

// Under the lock.
void Names::keep(std::uint64_t number, std::shared_ptr<const Name> name) const {
    if (young_.size() >= std::max<std::size_t>(bound_ / 2, 1)) {
        old_ = std::exchange(young_, {});
    }
    young_.insert_or_assign(number, std::move(name));
}

void Names::add(AccountNumber number, Name name) {
    const std::lock_guard lock{mutex_};
    keep(number.value(), std::make_shared<const Name>(std::move(name)));
}

std::optional<KnownNames> Names::known(const std::vector<AccountNumber>& numbers) const {
    KnownNames known;
    const std::lock_guard lock{mutex_};
    for (const AccountNumber number : numbers) {
        if (number.is_none()) continue;
        auto name = find(number);
        if (!name) return std::nullopt;
        known.add(number, std::move(name));
    }
    return known;
}

Result<KnownNames> Names::learn(gateway::QueryClient& client,
                                const std::vector<AccountNumber>& numbers) {
    KnownNames known;
    std::vector<AccountNumber> unknown;
    {
        const std::lock_guard lock{mutex_};
        for (const AccountNumber number : numbers) {
            if (number.is_none() || known.find(number) != nullptr) continue;
            auto name = find(number);
            if (name) {
                known.add(number, std::move(name));
            } else {
                unknown.push_back(number);
            }
        }
    }
    std::ranges::sort(unknown);
    unknown.erase(std::ranges::unique(unknown).begin(), unknown.end());
    bool are_all_there = true;
    for (std::size_t i = 0; i < unknown.size(); i += schema::kCodesMax) {
        const auto count = std::min(schema::kCodesMax, unknown.size() - i);
        const auto named = client.named_balances(std::span{unknown}.subspan(i, count));
        if (!named) return std::unexpected{named.error()};
        for (const auto& [code, balance] : named->lines) {
            if (balance.number.is_none()) {
                are_all_there = false;
                continue;
            }
            auto name = std::make_shared<const Name>(
                Name{code, balance.asset_code, balance.scale, balance.type});
            known.add(balance.number, name);
            const std::lock_guard lock{mutex_};
            keep(balance.number.value(), std::move(name));
        }
    }
    if (!are_all_there) return fail(ErrorCode::try_again, "an account is not known yet");
    return known;
}

}  // namespace daybook::http

#include "cli/scales.h"

#include <cstddef>

#include "gateway/command_client.h"

namespace daybook::cli {

Result<Scales> Scales::resolve(gateway::CommandClient& client, std::vector<std::string> codes) {
    const auto accounts = client.resolve(codes);
    if (!accounts) return std::unexpected{accounts.error()};
    Scales scales;
    scales.is_minor_ = false;
    for (std::size_t i = accounts->size(); i-- > 0;) {
        const auto& account = (*accounts)[i];
        if (account.number.is_none()) continue;
        scales.accounts_[codes[i]] = account;
    }
    return scales;
}

AccountNames Scales::names() const {
    AccountNames names;
    for (const auto& [code, account] : accounts_)
        names.learn(code, account);
    return names;
}

Result<unsigned> Scales::of(const std::string& account) const {
    if (is_minor_) return 0U;
    const auto known = accounts_.find(account);
    if (known != accounts_.end()) return known->second.scale;
    return fail(ErrorCode::not_found,
                "there is no account '" + account +
                    "' to know the units by; open it, mend the code, or state the amounts in minor "
                    "units with --minor");
}

Result<Amount> Scales::parse(const std::string& account, const std::string& text) const {
    const auto scale = of(account);
    if (!scale) return std::unexpected{scale.error()};
    return parse_typed(text, *scale);
}

Result<SignedAmount> Scales::parse_signed(const std::string& account,
                                          const std::string& text) const {
    const bool is_negative = text.starts_with('-');
    const auto amount = parse(account, is_negative ? text.substr(1) : text);
    if (!amount) return std::unexpected{amount.error()};
    if (*amount > kSideTotalMax) {
        return fail(ErrorCode::usage, "'" + text + "' is more than an account can hold");
    }
    const auto value = static_cast<Int128>(amount->minor_units());
    return SignedAmount{is_negative ? -value : value};
}

Result<Amount> parse_typed(const std::string& text, unsigned scale) {
    const auto amount = parse_decimal(text, scale);
    if (amount) return *amount;
    return fail(ErrorCode::usage, "'" + text + "' is not an amount of at most " +
                                      std::to_string(scale) + " digits after the point");
}

}  // namespace daybook::cli

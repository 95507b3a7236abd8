#include "bench/account_choice.h"

#include <algorithm>
#include <cmath>

namespace daybook::bench {

namespace {

constexpr double kTheta = 0.99;
constexpr double kAlpha = 1 / (1 - kTheta);

double zeta(std::uint64_t count) {
    double sum = 0;
    for (std::uint64_t i = 1; i <= count; ++i)
        sum += 1 / std::pow(static_cast<double>(i), kTheta);
    return sum;
}

// 0 to below 1.
double fraction(Random& random) {
    return static_cast<double>(random.next() >> 11) * 0x1p-53;
}

}  // namespace

std::optional<Distribution> parse_distribution(std::string_view text) {
    if (text == "uniform") return Distribution::uniform;
    if (text == "zipf") return Distribution::zipf;
    if (text == "hot") return Distribution::hot;
    return std::nullopt;
}

AccountChoice::AccountChoice(Distribution distribution, std::uint64_t accounts)
    : distribution_{distribution}, accounts_{accounts} {
    if (distribution != Distribution::zipf) return;
    zeta_ = zeta(accounts);
    eta_ = (1 - std::pow(2 / static_cast<double>(accounts), 1 - kTheta)) / (1 - zeta(2) / zeta_);
}

std::uint64_t AccountChoice::pick_one(Random& random) const {
    if (distribution_ == Distribution::uniform) return random.below(accounts_);
    const double part = fraction(random);
    if (part * zeta_ < 1) return 0;
    if (part * zeta_ < 1 + std::pow(0.5, kTheta)) return 1;
    const double rank = static_cast<double>(accounts_) * std::pow(eta_ * part - eta_ + 1, kAlpha);
    return std::min(static_cast<std::uint64_t>(rank), accounts_ - 1);
}

std::pair<std::uint64_t, std::uint64_t> AccountChoice::pick(Random& random) const {
    if (distribution_ == Distribution::hot) {
        const std::uint64_t other = 1 + random.below(accounts_ - 1);
        // Money goes both ways, or the balance would only ever grow.
        return random.below(2) == 0 ? std::pair{other, std::uint64_t{0}}
                                    : std::pair{std::uint64_t{0}, other};
    }
    const std::uint64_t debit = pick_one(random);
    const std::uint64_t credit = pick_one(random);
    return {debit, credit != debit ? credit : (credit + 1) % accounts_};
}

}  // namespace daybook::bench

#include "ledger/terms.h"

#include "ledger/names.h"

namespace daybook {

namespace {

constexpr Named<Measure, 3> kMeasures{{
    {Measure::version, "version"},
    {Measure::posted, "posted"},
    {Measure::available, "available"},
}};
constexpr Named<Comparison, 5> kComparisons{{
    {Comparison::eq, "eq"},
    {Comparison::gt, "gt"},
    {Comparison::gte, "gte"},
    {Comparison::lt, "lt"},
    {Comparison::lte, "lte"},
}};
constexpr Named<Rounding, 4> kRoundings{{
    {Rounding::down, "down"},
    {Rounding::up, "up"},
    {Rounding::half_up, "half_up"},
    {Rounding::half_even, "half_even"},
}};
constexpr Named<Balancing, 4> kBalancings{{
    {Balancing::none, "none"},
    {Balancing::debit, "debit"},
    {Balancing::credit, "credit"},
    {Balancing::both, "both"},
}};

}  // namespace

std::string_view name_of(Measure measure) {
    return name_in(kMeasures, measure);
}
std::string_view name_of(Comparison comparison) {
    return name_in(kComparisons, comparison);
}
std::string_view name_of(Rounding rounding) {
    return name_in(kRoundings, rounding);
}
std::string_view name_of(Balancing balancing) {
    return name_in(kBalancings, balancing);
}
std::optional<Measure> parse_measure(std::string_view text) {
    return parse_in(kMeasures, text);
}
std::optional<Comparison> parse_comparison(std::string_view text) {
    return parse_in(kComparisons, text);
}
std::optional<Rounding> parse_rounding(std::string_view text) {
    return parse_in(kRoundings, text);
}
std::optional<Balancing> parse_balancing(std::string_view text) {
    return parse_in(kBalancings, text);
}

}  // namespace daybook

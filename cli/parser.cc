#include "cli/parser.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <CLI/CLI.hpp>

namespace daybook::cli {

namespace {

constexpr const char* kNotEmptyName = "not empty";
constexpr std::size_t kDigitsMax = 19;  // a 64-bit number holds them all

// An empty value is mostly a variable that was not set: better told than taken for "not given".
const CLI::Validator kNotEmpty{
    [](std::string& value) -> std::string { return value.empty() ? "must not be empty" : ""; }, "",
    kNotEmptyName};

// The library would take 010 for eight, and -1 for a very large number.
const CLI::Validator kDecimal{
    [](std::string& value) -> std::string {
        const bool is_decimal =
            !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
        if (!is_decimal) return "'" + value + "' is not a whole number";
        value.erase(0, std::min(value.find_first_not_of('0'), value.size() - 1));
        if (value.size() > kDigitsMax) return value + " is too large";
        return "";
    },
    "", "decimal"};

}  // namespace

Option* Option::required() {
    option_->required();
    return this;
}

Option* Option::positive() {
    const auto problem = [](std::string& value) -> std::string {
        return value == "0" ? "must be above 0" : "";
    };
    option_->check(CLI::Validator{problem, "POSITIVE", "positive"});
    return this;
}

Option* Option::at_most(std::uint64_t most) {
    const auto problem = [most](std::string& value) -> std::string {
        const std::string limit = std::to_string(most);
        const bool fits =
            value.size() < limit.size() || (value.size() == limit.size() && value <= limit);
        return fits ? "" : value + " is too large: " + limit + " at most";
    };
    option_->check(CLI::Validator{problem, "", "at most"});
    return this;
}

Option* Option::capture_default_str() {
    option_->capture_default_str();
    return this;
}

Option* Option::type_name(const std::string& name) {
    option_->type_name(name);
    return this;
}

Option* Option::envname(const std::string& name) {
    option_->envname(name);
    return this;
}

Option* Option::needs(const std::string& other) {
    option_->needs(other);
    return this;
}

Option* Option::excludes(const Option* other) {
    option_->excludes(other->option_);
    return this;
}

Option* Option::may_be_empty() {
    option_->get_validator(kNotEmptyName)->active(false);
    return this;
}

Option* Option::one_at_a_time() {
    option_->allow_extra_args(false);
    return this;
}

struct Subcommand::Added {
    std::vector<std::unique_ptr<Subcommand>> commands;
    std::vector<std::unique_ptr<Option>> options;

    Option* keep(CLI::Option* option) {
        options.push_back(std::make_unique<Option>(option));
        return options.back().get();
    }
};

Subcommand::Subcommand(CLI::App& app) : app_{app}, added_{std::make_unique<Added>()} {}
Subcommand::~Subcommand() = default;

Subcommand* Subcommand::add_subcommand(const std::string& name, const std::string& description) {
    added_->commands.push_back(
        std::make_unique<Subcommand>(*app_.add_subcommand(name, description)));
    return added_->commands.back().get();
}

void Subcommand::require_subcommand(int count) {
    app_.require_subcommand(count);
}
void Subcommand::footer(const std::string& text) {
    app_.footer(text);
}
void Subcommand::callback(std::function<void()> callback) {
    app_.callback(std::move(callback));
}

Option* Subcommand::add_flag(const std::string& name, bool& variable, const std::string& help) {
    return added_->keep(app_.add_flag(name, variable, help));
}

Option* Subcommand::add_option(const std::string& name, std::string& variable,
                               const std::string& help) {
    return added_->keep(app_.add_option(name, variable, help)->check(kNotEmpty));
}

Option* Subcommand::add_option(const std::string& name, std::filesystem::path& variable,
                               const std::string& help) {
    return added_->keep(app_.add_option(name, variable, help));
}

Option* Subcommand::add_option(const std::string& name, std::uint32_t& variable,
                               const std::string& help) {
    return added_->keep(app_.add_option(name, variable, help)->transform(kDecimal));
}

Option* Subcommand::add_option(const std::string& name, std::uint64_t& variable,
                               const std::string& help) {
    return added_->keep(app_.add_option(name, variable, help)->transform(kDecimal));
}

Option* Subcommand::add_option(const std::string& name, std::optional<std::string>& variable,
                               const std::string& help) {
    return added_->keep(app_.add_option(name, variable, help)->check(kNotEmpty));
}

Option* Subcommand::add_option(const std::string& name, std::optional<std::uint64_t>& variable,
                               const std::string& help) {
    return added_->keep(app_.add_option(name, variable, help)->transform(kDecimal));
}

Option* Subcommand::add_option(const std::string& name, std::vector<std::string>& variable,
                               const std::string& help) {
    return added_->keep(app_.add_option(name, variable, help)->check(kNotEmpty));
}

Option* Subcommand::get_option(const std::string& name) {
    return added_->keep(app_.get_option(name));
}

}  // namespace daybook::cli

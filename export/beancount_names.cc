#include "export/beancount_names.h"

#include <algorithm>

namespace daybook::exports {

namespace {

std::string_view root_of(AccountType type) {
    switch (type) {
        case AccountType::asset:
            return "Assets";
        case AccountType::liability:
            return "Liabilities";
        case AccountType::equity:
            return "Equity";
        case AccountType::income:
            return "Income";
        case AccountType::expense:
            return "Expenses";
    }
    return "Equity";
}

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Each part starts with a capital or a digit, and has letters, digits and dashes.
std::string account_name(const ChartAccount& account) {
    std::string name{root_of(account.type)};
    name += ':';
    bool starts = true;
    for (const char c : account.code) {
        if (starts && is_lower(c)) {
            name += static_cast<char>(c - 'a' + 'A');
        } else if (starts && !is_upper(c) && !is_digit(c)) {
            name += "X-";
        } else if (c == '_' || c == '.') {
            name += '-';
        } else {
            name += c;
        }
        starts = c == ':';
    }
    return name;
}

// 2 to 24 capitals, digits and . _ -, from a capital to a capital or digit.
std::string asset_name(const std::string& code) {
    std::string name = code;
    if (!is_upper(name.front())) name.insert(0, 1, 'X');
    const char last = name.back();
    if (name.size() < 2 || (!is_upper(last) && !is_digit(last))) name += 'X';
    return name;
}

std::string claim(std::unordered_set<std::string>& taken, std::string name, std::size_t number) {
    while (!taken.insert(name).second)
        name += '-' + std::to_string(number);
    return name;
}

}  // namespace

const std::string& BeancountNames::add(const ChartAccount& account) {
    auto name = claim(taken_accounts_, account_name(account), accounts_.size() + 1);
    return accounts_.emplace_back(std::move(name));
}

const std::string& BeancountNames::add(const ChartAsset& asset) {
    auto name = claim(taken_assets_, asset_name(asset.code), assets_.size() + 1);
    return assets_.emplace_back(std::move(name));
}

}  // namespace daybook::exports

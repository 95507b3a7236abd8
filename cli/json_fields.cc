#include "cli/json_fields.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace daybook::cli {

namespace {

template <typename Integer>
std::optional<Integer> parse_integer(std::string_view text) {
    Integer value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole ? std::optional{value} : std::nullopt;
}

constexpr const char* kMinorUnits = R"(is not minor units in decimal digits, e.g. "1250")";

}  // namespace

JsonFields::JsonFields(const JsonValue& object, std::string path, std::optional<Error>& problem)
    : object_{object}, path_{std::move(path)}, problem_{problem} {}

bool JsonFields::has(std::string_view name) const {
    return object_.find(name) != nullptr;
}

std::string JsonFields::path_of(std::string_view name) const {
    return path_.empty() ? std::string{name} : path_ + "." + std::string{name};
}

void JsonFields::wrong(std::string_view name, const std::string& why) {
    if (problem_) return;
    problem_ = Error{ErrorCode::bad_input, "field '" + path_of(name) + "' " + why};
}

const JsonValue* JsonFields::take(std::string_view name, JsonValue::Kind kind) {
    taken_.push_back(name);
    const auto* value = object_.find(name);
    if (value == nullptr || value->kind == kind) return value;
    wrong(name, "is " + std::string{name_of(value->kind)} + ", not " + std::string{name_of(kind)} +
                    (value->kind == JsonValue::Kind::null ? "; leave out what is not set" : ""));
    return nullptr;
}

const std::string* JsonFields::take_text(std::string_view name) {
    const auto* value = take(name, JsonValue::Kind::text);
    return value == nullptr ? nullptr : &value->text;
}

template <typename Value>
std::optional<Value> JsonFields::parsed(std::string_view name, std::optional<Value> value,
                                        const std::string& why) {
    if (!value) wrong(name, why);
    return value;
}

std::string JsonFields::text(std::string_view name) {
    const auto* text = take_text(name);
    if (text != nullptr && text->empty()) wrong(name, "is empty; leave it out");
    return text == nullptr ? std::string{} : *text;
}

bool JsonFields::flag(std::string_view name) {
    const auto* value = take(name, JsonValue::Kind::boolean);
    return value != nullptr && value->is_true;
}

std::optional<unsigned> JsonFields::small(std::string_view name) {
    const auto* value = take(name, JsonValue::Kind::number);
    if (value == nullptr) return std::nullopt;
    return parsed(name, parse_integer<unsigned>(value->text), "is not a whole number from 0");
}

std::uint64_t JsonFields::big(std::string_view name) {
    const auto* text = take_text(name);
    if (text == nullptr) return 0;
    return parsed(name, parse_integer<std::uint64_t>(*text), R"(is not decimal digits, e.g. "12")")
        .value_or(0);
}

std::optional<Amount> JsonFields::amount(std::string_view name) {
    const auto* text = take_text(name);
    if (text == nullptr) return std::nullopt;
    return parsed(name, parse_amount(*text), kMinorUnits);
}

std::optional<SignedAmount> JsonFields::signed_amount(std::string_view name) {
    const auto* text = take_text(name);
    if (text == nullptr) return std::nullopt;
    return parsed(name, parse_signed_amount(*text), kMinorUnits);
}

Stamp JsonFields::stamp(std::string_view name) {
    const auto* text = take_text(name);
    if (text == nullptr) return {};
    const auto value = parse_integer<std::int64_t>(*text);
    if (!value || *value == 0) {
        wrong(name, "is not nanoseconds since 1970 in decimal digits, other than 0");
    }
    return Stamp{value.value_or(0)};
}

EntryId JsonFields::id(std::string_view name) {
    const auto* text = take_text(name);
    if (text == nullptr) return {};
    return parsed(name, parse_entry_id(*text), R"(is not an id, e.g. "12", "12.3" or ".3")")
        .value_or(EntryId{});
}

Id128 JsonFields::tag(std::string_view name) {
    const auto* text = take_text(name);
    if (text == nullptr) return {};
    const auto value = parse_id128(*text);
    if (!value || value->is_none()) {
        wrong(name, "is not 32 hexadecimal digits or a UUID, other than zeros");
    }
    return value.value_or(Id128{});
}

std::vector<Amount> JsonFields::amounts(std::string_view name) {
    std::vector<Amount> amounts;
    const auto* list = take(name, JsonValue::Kind::list);
    if (list == nullptr) return amounts;
    if (list->items.empty()) wrong(name, "is empty; leave it out");
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const auto& item = list->items[i];
        const auto amount =
            item.kind == JsonValue::Kind::text ? parse_amount(item.text) : std::nullopt;
        if (!amount) wrong(std::string{name} + "[" + std::to_string(i) + "]", kMinorUnits);
        amounts.push_back(amount.value_or(Amount{}));
    }
    return amounts;
}

void JsonFields::read_object(const JsonValue& value, const std::string& path, const Read& read) {
    JsonFields fields{value, path, problem_};
    read(fields);
    fields.finish();
}

void JsonFields::object(std::string_view name, const Read& read) {
    const auto* value = take(name, JsonValue::Kind::object);
    if (value != nullptr) read_object(*value, path_of(name), read);
}

void JsonFields::each(std::string_view name, const Read& read) {
    const auto* list = take(name, JsonValue::Kind::list);
    if (list == nullptr) return;
    if (list->items.empty()) wrong(name, "is empty; leave it out");
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const auto place = std::string{name} + "[" + std::to_string(i) + "]";
        const auto& item = list->items[i];
        if (item.kind == JsonValue::Kind::object) {
            read_object(item, path_of(place), read);
        } else {
            wrong(place, "is " + std::string{name_of(item.kind)} + ", not an object");
        }
    }
}

void JsonFields::require(std::string_view name) {
    if (!has(name)) wrong(name, "is missing");
}

void JsonFields::ignore(std::string_view name) {
    taken_.push_back(name);
}

void JsonFields::finish() {
    for (const auto& [name, value] : object_.fields) {
        if (std::ranges::find(taken_, name) == taken_.end()) wrong(name, "is not known here");
    }
}

}  // namespace daybook::cli

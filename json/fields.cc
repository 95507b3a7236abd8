#include "json/fields.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

#include "json/moment.h"

namespace daybook::json {

namespace {

template <typename Integer>
std::optional<Integer> parse_integer(std::string_view text) {
    Integer value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole ? std::optional{value} : std::nullopt;
}

constexpr const char* kMinorUnits = R"(is not minor units in decimal digits, e.g. "1250")";
// The largest integer that every reader of JSON keeps exactly.
constexpr std::int64_t kExactMax = 9'007'199'254'740'991;

// Digits as they stand; nothing for fractions, exponents and what is not kept exactly.
bool is_exact_integer(const Value& value) {
    if (value.kind != Value::Kind::number) return false;
    const auto number = parse_integer<std::int64_t>(value.text);
    return number && *number >= -kExactMax && *number <= kExactMax && value.text != "-0";
}

// RFC 6901.
std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == '~') {
            text += "~0";
        } else if (c == '/') {
            text += "~1";
        } else {
            text.push_back(c);
        }
    }
    return text;
}

}  // namespace

Error as_error(const Problem& problem) {
    return {ErrorCode::bad_input, "field '" + problem.path + "' " + problem.why};
}

void Fields::preset(std::string_view name, std::string text) {
    preset_name_ = name;
    preset_.kind = Value::Kind::text;
    preset_.text = std::move(text);
}

const Value* Fields::find(std::string_view name) const {
    return !name.empty() && name == preset_name_ ? &preset_ : object_.find(name);
}

bool Fields::has(std::string_view name) const {
    return find(name) != nullptr;
}

std::string Fields::path_of(std::string_view name) const {
    return path_.empty() ? std::string{name} : path_ + "." + std::string{name};
}

std::string Fields::pointer_of(std::string_view name) const {
    return pointer_ + "/" + escaped(name);
}

void Fields::add_problem(Problem problem) {
    if (reading_.problems.size() == Reading::kProblemsMax) return;
    reading_.problems.push_back(std::move(problem));
}

void Fields::wrong(std::string_view name, const std::string& why) {
    add_problem({path_of(name), pointer_of(name), why});
}

void Fields::wrong_item(std::string_view name, std::size_t index, const std::string& why) {
    const auto place = std::to_string(index);
    add_problem({path_of(name) + "[" + place + "]", pointer_of(name) + "/" + place, why});
}

const Value* Fields::take(std::string_view name, Value::Kind kind) {
    if (name != preset_name_) taken_.push_back(name);
    const auto* value = find(name);
    if (value == nullptr || value->kind == kind) return value;
    wrong(name, "is " + std::string{name_of(value->kind)} + ", not " + std::string{name_of(kind)} +
                    (value->kind == Value::Kind::null ? "; leave out what is not set" : ""));
    return nullptr;
}

const std::string* Fields::take_text(std::string_view name) {
    const auto* value = take(name, Value::Kind::text);
    return value == nullptr ? nullptr : &value->text;
}

const std::string* Fields::take_digits(std::string_view name) {
    const auto* value = find(name);
    const bool is_number = dialect() == Dialect::http && value != nullptr &&
                           value->kind == Value::Kind::number && name != preset_name_;
    if (!is_number) return take_text(name);
    taken_.push_back(name);
    if (is_exact_integer(*value)) return &value->text;
    wrong(name, "is not a whole number up to 2^53 - 1; write digits in a string");
    return nullptr;
}

template <typename Stated>
std::optional<Stated> Fields::parsed(std::string_view name, std::optional<Stated> value,
                                     const std::string& why) {
    if (!value) wrong(name, why);
    return value;
}

std::string Fields::text(std::string_view name) {
    const auto* text = take_text(name);
    if (text != nullptr && text->empty()) wrong(name, "is empty; leave it out");
    return text == nullptr ? std::string{} : *text;
}

bool Fields::flag(std::string_view name) {
    const auto* value = take(name, Value::Kind::boolean);
    return value != nullptr && value->is_true;
}

std::optional<unsigned> Fields::small(std::string_view name) {
    const auto* value = take(name, Value::Kind::number);
    if (value == nullptr) return std::nullopt;
    return parsed(name, parse_integer<unsigned>(value->text), "is not a whole number from 0");
}

std::uint64_t Fields::big(std::string_view name) {
    const auto* text = take_digits(name);
    if (text == nullptr) return 0;
    return parsed(name, parse_integer<std::uint64_t>(*text), R"(is not decimal digits, e.g. "12")")
        .value_or(0);
}

std::optional<Amount> Fields::amount(std::string_view name) {
    const auto* text = take_digits(name);
    if (text == nullptr) return std::nullopt;
    return parsed(name, parse_amount(*text), kMinorUnits);
}

std::optional<SignedAmount> Fields::signed_amount(std::string_view name) {
    const auto* text = take_digits(name);
    if (text == nullptr) return std::nullopt;
    return parsed(name, parse_signed_amount(*text), kMinorUnits);
}

Stamp Fields::stamp(std::string_view ns_name, std::string_view http_name) {
    if (dialect() == Dialect::http) {
        const auto* text = take_text(http_name);
        if (text == nullptr) return {};
        const auto moment = parse_moment(*text);
        const bool is_moment = moment && text->find('T') != std::string::npos;
        if (!is_moment) wrong(http_name, "is not a moment as in RFC 3339: 2026-03-01T12:00:00Z");
        return is_moment ? *moment : Stamp{};
    }
    const auto* text = take_text(ns_name);
    if (text == nullptr) return {};
    const auto value = parse_integer<std::int64_t>(*text);
    if (!value || *value == 0) {
        wrong(ns_name, "is not nanoseconds since 1970 in decimal digits, other than 0");
    }
    return Stamp{value.value_or(0)};
}

EntryId Fields::id(std::string_view name) {
    const auto* text = take_text(name);
    if (text == nullptr) return {};
    return parsed(name, parse_entry_id(*text), R"(is not an id, e.g. "12", "12.3" or ".3")")
        .value_or(EntryId{});
}

Id128 Fields::tag(std::string_view name) {
    const auto* text = take_text(name);
    if (text == nullptr) return {};
    const auto value = parse_id128(*text);
    if (!value || value->is_none()) {
        wrong(name, "is not 32 hexadecimal digits or a UUID, other than zeros");
    }
    return value.value_or(Id128{});
}

const Value* Fields::take_list(std::string_view name, std::size_t items_max) {
    const auto* list = take(name, Value::Kind::list);
    if (list == nullptr) return nullptr;
    const auto count = list->items.size();
    if (count == 0) wrong(name, "is empty; leave it out");
    if (count > items_max) {
        wrong(name, "has " + std::to_string(count) + " items; at most " +
                        std::to_string(items_max) + " are taken");
        return nullptr;
    }
    return list;
}

std::vector<Amount> Fields::amounts(std::string_view name, std::size_t items_max) {
    std::vector<Amount> amounts;
    const auto* list = take_list(name, items_max);
    if (list == nullptr) return amounts;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const auto& item = list->items[i];
        const bool is_digits = item.kind == Value::Kind::text ||
                               (dialect() == Dialect::http && is_exact_integer(item));
        const auto amount = is_digits ? parse_amount(item.text) : std::nullopt;
        if (!amount) wrong_item(name, i, kMinorUnits);
        amounts.push_back(amount.value_or(Amount{}));
    }
    return amounts;
}

void Fields::read_object(const Value& value, std::string path, std::string pointer,
                         const Read& read) {
    Fields fields{value, reading_};
    fields.path_ = std::move(path);
    fields.pointer_ = std::move(pointer);
    read(fields);
    fields.finish();
}

void Fields::object(std::string_view name, const Read& read) {
    const auto* value = take(name, Value::Kind::object);
    if (value != nullptr) read_object(*value, path_of(name), pointer_of(name), read);
}

void Fields::each(std::string_view name, std::size_t items_max, const Read& read) {
    const auto* list = take_list(name, items_max);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        if (reading_.problems.size() == Reading::kProblemsMax) return;  // no further one is told
        const auto& item = list->items[i];
        if (item.kind == Value::Kind::object) {
            const auto place = std::to_string(i);
            read_object(item, path_of(name) + "[" + place + "]", pointer_of(name) + "/" + place,
                        read);
        } else {
            wrong_item(name, i, "is " + std::string{name_of(item.kind)} + ", not an object");
        }
    }
}

void Fields::require(std::string_view name) {
    if (!has(name)) wrong(name, "is missing");
}

void Fields::ignore(std::string_view name) {
    taken_.push_back(name);
}

void Fields::finish() {
    for (const auto& [name, value] : object_.fields) {
        if (std::ranges::find(taken_, name) == taken_.end()) wrong(name, "is not known here");
    }
}

}  // namespace daybook::json

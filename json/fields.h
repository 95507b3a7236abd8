// Fields: the fields of one object, each taken once and by its type; what nobody took is
// unknown. What is wrong is gathered in the Reading; what is read then is worth nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "json/value.h"
#include "ledger/amount.h"
#include "ledger/entry_id.h"

namespace daybook::json {

// How values are stated. lines: as docs/jsonl.md says, strictly. http: moments are RFC 3339, whole
// numbers may be JSON integers, accounts go by their codes alone.
enum class Dialect { lines, http };

struct Problem {
    std::string path;     // `require[0].value`
    std::string pointer;  // RFC 6901: `/require/0/value`
    std::string why;
};
// `bad_input`, naming the field by its path.
Error as_error(const Problem& problem);

struct Reading {
    static constexpr std::size_t kProblemsMax = 20;  // further ones are not kept

    Dialect dialect = Dialect::lines;
    std::vector<Problem> problems = {};
};

class Fields {
public:
    // Both must outlive it.
    Fields(const Value& object, Reading& reading) : object_{object}, reading_{reading} {}

    Dialect dialect() const { return reading_.dialect; }
    // The field is stated elsewhere, so that in the object it is unknown. One a Fields.
    void preset(std::string_view name, std::string text);
    bool has(std::string_view name) const;

    // Empty, false, 0 or none when it is not there.
    std::string text(std::string_view name);
    bool flag(std::string_view name);
    std::optional<unsigned> small(std::string_view name);
    // All of these are strings, of decimal digits, an id, 32 hexadecimal digits; over HTTP digits
    // may also be a JSON integer up to 2^53 - 1.
    std::uint64_t big(std::string_view name);
    std::optional<Amount> amount(std::string_view name);
    std::optional<SignedAmount> signed_amount(std::string_view name);
    // By the one name in lines, by the other over HTTP.
    Stamp stamp(std::string_view ns_name, std::string_view http_name);
    EntryId id(std::string_view name);
    Id128 tag(std::string_view name);
    std::vector<Amount> amounts(std::string_view name, std::size_t items_max);
    // One of the names that `parse` knows.
    template <typename Enum>
    Enum named(std::string_view name, std::optional<Enum> (*parse)(std::string_view), Enum absent);

    // `read` gets the object's, or each object's, own fields.
    using Read = std::function<void(Fields&)>;
    void object(std::string_view name, const Read& read);
    // Of a list with more than `items_max` none is read.
    void each(std::string_view name, std::size_t items_max, const Read& read);

    // The field must be there.
    void require(std::string_view name);
    // Known, but none of ours.
    void ignore(std::string_view name);
    // The first field that nobody took is wrong.
    void finish();
    void wrong(std::string_view name, const std::string& why);

private:
    const Value* take(std::string_view name, Value::Kind kind);
    // The list there, which has 1 to `items_max` items; null when it is not there or wrong.
    const Value* take_list(std::string_view name, std::size_t items_max);
    // The string there; null when it is not there or wrong.
    const std::string* take_text(std::string_view name);
    // The digits there; null when they are not there or wrong.
    const std::string* take_digits(std::string_view name);
    const Value* find(std::string_view name) const;
    std::string path_of(std::string_view name) const;
    std::string pointer_of(std::string_view name) const;
    void wrong_item(std::string_view name, std::size_t index, const std::string& why);
    void add_problem(Problem problem);
    void read_object(const Value& value, std::string path, std::string pointer, const Read& read);
    template <typename Stated>
    std::optional<Stated> parsed(std::string_view name, std::optional<Stated> value,
                                 const std::string& why);

    const Value& object_;
    Reading& reading_;
    std::string path_;     // of the object; empty: the root
    std::string pointer_;  // the same
    std::string_view preset_name_;
    Value preset_;
    std::vector<std::string_view> taken_;
};

template <typename Enum>
Enum Fields::named(std::string_view name, std::optional<Enum> (*parse)(std::string_view),
                   Enum absent) {
    const auto* text = take_text(name);
    if (text == nullptr) return absent;
    const auto value = parse(*text);
    if (!value) wrong(name, "'" + *text + "' is none of its names");
    return value.value_or(absent);
}

}  // namespace daybook::json

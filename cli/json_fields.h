// JsonFields: the fields of one object, each taken once and by its type; what nobody took is
// unknown. The first thing that is wrong is kept and named by its path; what is read after it is
// worth nothing.
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
#include "cli/json_value.h"
#include "ledger/amount.h"
#include "ledger/entry_id.h"

namespace daybook::cli {

class JsonFields {
public:
    // Both must outlive it. `path` is of the object: empty, `require[0]`, ...
    JsonFields(const JsonValue& object, std::string path, std::optional<Error>& problem);

    bool has(std::string_view name) const;

    // Empty, false, 0 or none when it is not there.
    std::string text(std::string_view name);
    bool flag(std::string_view name);
    std::optional<unsigned> small(std::string_view name);
    // All of these are strings: of decimal digits, an id, 32 hexadecimal digits.
    std::uint64_t big(std::string_view name);
    std::optional<Amount> amount(std::string_view name);
    std::optional<SignedAmount> signed_amount(std::string_view name);
    Stamp stamp(std::string_view name);
    EntryId id(std::string_view name);
    Id128 tag(std::string_view name);
    std::vector<Amount> amounts(std::string_view name);
    // One of the names that `parse` knows.
    template <typename Enum>
    Enum named(std::string_view name, std::optional<Enum> (*parse)(std::string_view), Enum absent);

    // `read` gets the object's, or each object's, own fields.
    using Read = std::function<void(JsonFields&)>;
    void object(std::string_view name, const Read& read);
    void each(std::string_view name, const Read& read);

    // The field must be there.
    void require(std::string_view name);
    // Known, but none of ours.
    void ignore(std::string_view name);
    // The first field that nobody took is wrong.
    void finish();
    void wrong(std::string_view name, const std::string& why);

private:
    const JsonValue* take(std::string_view name, JsonValue::Kind kind);
    // The string there; null when it is not there or wrong.
    const std::string* take_text(std::string_view name);
    std::string path_of(std::string_view name) const;
    void read_object(const JsonValue& value, const std::string& path, const Read& read);
    template <typename Value>
    std::optional<Value> parsed(std::string_view name, std::optional<Value> value,
                                const std::string& why);

    const JsonValue& object_;
    std::string path_;
    std::optional<Error>& problem_;
    std::vector<std::string_view> taken_;
};

template <typename Enum>
Enum JsonFields::named(std::string_view name, std::optional<Enum> (*parse)(std::string_view),
                       Enum absent) {
    const auto* text = take_text(name);
    if (text == nullptr) return absent;
    const auto value = parse(*text);
    if (!value) wrong(name, "'" + *text + "' is none of its names");
    return value.value_or(absent);
}

}  // namespace daybook::cli

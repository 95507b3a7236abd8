// JsonLine: one JSON object or array written in one go, for machines to read.
// Numbers that can pass 2^53 (amounts, Seqs, versions) are written as strings, as over HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/seq.h"
#include "ledger/amount.h"

namespace daybook::cli {

class JsonLine {
public:
    JsonLine& begin_object(std::string_view name = {});
    JsonLine& end_object();
    JsonLine& begin_array(std::string_view name = {});
    JsonLine& end_array();

    // With a name inside an object, without one inside an array.
    JsonLine& text(std::string_view name, std::string_view value);
    JsonLine& text(std::string_view value) { return text({}, value); }
    JsonLine& big(std::string_view name, std::uint64_t value);
    JsonLine& big(std::string_view name, Seq value) { return big(name, value.value()); }
    JsonLine& signed_big(std::string_view name, std::int64_t value);
    JsonLine& amount(std::string_view name, Amount value);
    JsonLine& amount(std::string_view name, SignedAmount value);
    JsonLine& small(std::string_view name, std::uint32_t value);
    // Figures of a measurement, never money: four digits behind the point.
    JsonLine& measured(std::string_view name, double value);
    JsonLine& boolean(std::string_view name, bool value);
    // `value` is complete JSON.
    JsonLine& json(std::string_view name, std::string_view value);

    const std::string& str() const { return line_; }
    void clear();

private:
    void start(std::string_view name);
    void quote(std::string_view value);
    template <typename Integer>
    void digits(Integer value);

    std::string line_;
    bool needs_comma_ = false;
};

}  // namespace daybook::cli

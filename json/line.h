// Line: one JSON object or array written in one go, for machines to read.
// Numbers that can pass 2^53 (amounts, Seqs, versions) are written as strings, as over HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/seq.h"
#include "ledger/amount.h"

namespace daybook::json {

class Line {
public:
    Line& begin_object(std::string_view name = {});
    Line& end_object();
    Line& begin_array(std::string_view name = {});
    Line& end_array();

    // With a name inside an object, without one inside an array.
    Line& text(std::string_view name, std::string_view value);
    Line& text(std::string_view value) { return text({}, value); }
    Line& big(std::string_view name, std::uint64_t value);
    Line& big(std::string_view name, Seq value) { return big(name, value.value()); }
    Line& signed_big(std::string_view name, std::int64_t value);
    Line& amount(std::string_view name, Amount value);
    Line& amount(std::string_view name, SignedAmount value);
    Line& small(std::string_view name, std::uint32_t value);
    // Figures of a measurement, never money: four digits behind the point.
    Line& measured(std::string_view name, double value);
    Line& boolean(std::string_view name, bool value);
    // `value` is complete JSON.
    Line& json(std::string_view name, std::string_view value);

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

}  // namespace daybook::json

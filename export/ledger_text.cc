#include "export/ledger_text.h"

namespace daybook::exports {

std::string day_of(Stamp stamp) {
    constexpr std::size_t kDayLength = 10;
    return to_string(stamp).substr(0, kDayLength);
}

std::string day_after(Stamp stamp) {
    constexpr std::int64_t kDay = 86'400'000'000'000;
    return day_of(Stamp{stamp.nanoseconds() + kDay});
}

void append_encoded(std::string& out, std::string_view text, std::string_view special) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (const char c : text) {
        if (c != '%' && special.find(c) == std::string_view::npos) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(kDigits[byte >> 4]);
        out.push_back(kDigits[byte & 15]);
    }
}

}  // namespace daybook::exports

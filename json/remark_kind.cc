#include "json/remark_kind.h"

namespace daybook::json {

std::string_view name_of(RemarkKind kind) {
    switch (kind) {
        case RemarkKind::shortfall:
            return "shortfall";
        case RemarkKind::unmet:
            return "unmet";
        case RemarkKind::excess:
            return "excess";
        case RemarkKind::rate:
            return "rate";
        case RemarkKind::failed:
            return "failed";
        case RemarkKind::number:
            return "number";
        case RemarkKind::taken:
            return "taken";
        case RemarkKind::hold:
            return "hold";
        case RemarkKind::reversed:
            return "reversed";
        case RemarkKind::state:
            return "state";
        case RemarkKind::limits:
            return "limits";
    }
    return "unknown";
}

std::optional<RemarkKind> parse_remark_kind(std::string_view text) {
    for (auto kind = RemarkKind::shortfall; kind <= kRemarkKindLast;
         kind = static_cast<RemarkKind>(static_cast<unsigned>(kind) + 1)) {
        if (text == name_of(kind)) return kind;
    }
    return std::nullopt;
}

}  // namespace daybook::json

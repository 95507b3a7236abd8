#include "cli/remark_text.h"

#include <fmt/format.h>

#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

// How accounts and amounts are called: by the names that are known, or plainly.
struct Speech {
    AccountNames* names = nullptr;

    std::string account(const Remark& remark) const {
        return names != nullptr ? names->code_of(remark.account())
                                : fmt::format("account number {}", remark.subject);
    }
    std::string amount(const Remark& remark, SignedAmount amount) const {
        return names != nullptr ? names->amount_in(remark.account(), amount)
                                : to_string(amount) + " minor units";
    }

    std::string operator()(const Remark& remark) const {
        switch (remark.kind) {
            case RemarkKind::shortfall:
                return fmt::format("{} stands at {}, bound {}", account(remark),
                                   amount(remark, remark.x), amount(remark, remark.y));
            case RemarkKind::unmet:
                return fmt::format("condition {} is not met: {} stands at {}, not as demanded: {}",
                                   remark.index, account(remark), to_string(remark.x),
                                   to_string(remark.y));
            case RemarkKind::excess:
                return fmt::format("{} minor units are left of {}, {} were asked for",
                                   to_string(remark.amount_x()), to_string(remark.id()),
                                   to_string(remark.amount_y()));
            case RemarkKind::rate:
                return fmt::format("the rate gives {} minor units, {} are stated",
                                   to_string(remark.amount_x()), to_string(remark.amount_y()));
            case RemarkKind::failed:
                return fmt::format("command {} of the group failed", remark.member);
            case RemarkKind::number:
                return fmt::format("command {} made number {}", remark.member, remark.subject);
            case RemarkKind::taken:
                return fmt::format("{} minor units posted", to_string(remark.amount_x()));
            case RemarkKind::hold:
                return fmt::format("hold {} is {}: {} minor units remain, {} captured",
                                   to_string(remark.id()), name_of(remark.hold_state()),
                                   to_string(remark.amount_x()), to_string(remark.amount_y()));
            case RemarkKind::reversed:
                return fmt::format("{} minor units of posting {} of entry {} reversed, {} in all",
                                   to_string(remark.amount_x()), remark.count,
                                   to_string(remark.id()), to_string(remark.amount_y()));
            case RemarkKind::state:
            case RemarkKind::limits:
                return {};  // as asked
        }
        return {};
    }
};

}  // namespace

std::string describe(const Remark& remark, AccountNames& names) {
    return Speech{&names}(remark);
}

std::string describe(const Remark& remark) {
    return Speech{}(remark);
}

}  // namespace daybook::cli

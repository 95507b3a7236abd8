#include "cli/remark_text.h"

#include <cstddef>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "ledger/outcome.h"
#include "schema/made_entry.h"

namespace daybook::cli {

namespace {

// Where the remark stands, and what things are called there.
struct Place {
    const Command& command;
    AccountNames& names;
    std::vector<AccountNumber> touched;
    AccountNumber posted_to;  // the first account of what the remark's command posted
};

const Preconditions* require_of(const Command& command, const Remark& remark) {
    const auto own = [](const auto& stated) -> const Preconditions* {
        if constexpr (requires { stated.require; }) return &stated.require;
        return nullptr;
    };
    const auto* atomic = std::get_if<Atomic>(&command);
    if (atomic == nullptr || !remark.has_member()) return std::visit(own, command);
    if (remark.member >= atomic->members.size()) return nullptr;
    return std::visit(own, atomic->members[remark.member]);
}

AccountNumber first_posted(const schema::RecordView& record, const Remark& remark) {
    const std::uint16_t member = remark.has_member() ? remark.member : std::uint16_t{0};
    const auto made = schema::read_made_entry(record, member);
    const bool is_posted = made && *made && !(*made)->postings.empty();
    return is_posted ? (*made)->postings.front().account : AccountNumber{};
}

// How accounts and amounts are called: by the names that are known, or plainly.
struct Speech {
    const Place* place = nullptr;

    std::string account(const Remark& remark) const {
        return place != nullptr ? place->names.code_of(remark.account())
                                : fmt::format("account number {}", remark.subject);
    }
    // Of the account's asset; it may be none.
    std::string amount(AccountNumber account, SignedAmount amount) const {
        if (place == nullptr || account.is_none()) return to_string(amount) + " minor units";
        return place->names.amount_in(account, amount);
    }
    std::string amount(AccountNumber account, Amount amount) const {
        if (place == nullptr || account.is_none()) return to_string(amount) + " minor units";
        return place->names.amount_in(AccountRef{account, {}}, amount);
    }

    AccountNumber touched(std::size_t touch) const {
        const bool is_there = place != nullptr && touch < place->touched.size();
        return is_there ? place->touched[touch] : AccountNumber{};
    }
    AccountNumber posted_to() const {
        return place != nullptr ? place->posted_to : AccountNumber{};
    }
    // Of the hold that is asked for more than it has.
    AccountNumber held_by(const Remark& remark) const {
        return place != nullptr ? place->names.account_of_hold(remark.id()) : AccountNumber{};
    }
    // A version is a count, not an amount.
    std::string measured(const Remark& remark, SignedAmount value) const {
        const auto* require = place == nullptr ? nullptr : require_of(place->command, remark);
        const bool is_amount = require != nullptr && remark.index < require->size() &&
                               (*require)[remark.index].measure != Measure::version;
        return is_amount ? amount(remark.account(), value) : to_string(value);
    }

    std::string operator()(const Remark& remark) const {
        switch (remark.kind) {
            case RemarkKind::shortfall:
                return fmt::format("{} stands at {}, bound {}", account(remark),
                                   amount(remark.account(), remark.x),
                                   amount(remark.account(), remark.y));
            case RemarkKind::unmet:
                return fmt::format("condition {} is not met: {} stands at {}, not as demanded: {}",
                                   remark.index, account(remark), measured(remark, remark.x),
                                   measured(remark, remark.y));
            case RemarkKind::excess:
                return fmt::format("{} are left of {}, {} were asked for",
                                   amount(held_by(remark), remark.amount_x()),
                                   to_string(remark.id()),
                                   amount(held_by(remark), remark.amount_y()));
            case RemarkKind::rate:
                return fmt::format("the rate gives {} minor units, {} are stated",
                                   to_string(remark.amount_x()), to_string(remark.amount_y()));
            case RemarkKind::failed:
                return fmt::format("command {} of the group failed", remark.member);
            case RemarkKind::number:
                return fmt::format("command {} made number {}", remark.member, remark.subject);
            case RemarkKind::taken:
                return fmt::format("{} posted", amount(posted_to(), remark.amount_x()));
            case RemarkKind::hold:
                return fmt::format("hold {} is {}: {} remain, {} captured", to_string(remark.id()),
                                   name_of(remark.hold_state()),
                                   amount(touched(remark.index), remark.amount_x()),
                                   amount(touched(remark.index), remark.amount_y()));
            case RemarkKind::reversed:
                return fmt::format("{} of posting {} of entry {} reversed, {} in all",
                                   amount(touched(remark.index), remark.amount_x()), remark.count,
                                   to_string(remark.id()),
                                   amount(touched(remark.index), remark.amount_y()));
            case RemarkKind::state:
            case RemarkKind::limits:
                return {};  // as asked
        }
        return {};
    }
};

}  // namespace

std::string describe(const Remark& remark, const schema::RecordView& record, const Command& command,
                     AccountNames& names) {
    Place place{command, names, {}, {}};
    for (std::size_t i = 0; i < record.touch_count(); ++i)
        place.touched.push_back(record.touch(i).account);
    if (remark.kind == RemarkKind::taken) place.posted_to = first_posted(record, remark);
    return Speech{&place}(remark);
}

std::string describe(const Remark& remark, const schema::Receipt& receipt, const Command& command,
                     AccountNames& names) {
    Place place{command, names, {}, {}};
    for (const auto& touch : receipt.touches)
        place.touched.push_back(touch.account);
    const bool is_first = !remark.has_member() && !place.touched.empty();
    if (is_first) place.posted_to = place.touched.front();
    return Speech{&place}(remark);
}

std::string describe(const Remark& remark) {
    return Speech{}(remark);
}

}  // namespace daybook::cli

#include "cli/lasting_rows.h"

#include <map>
#include <set>
#include <utility>

#include "ledger/account.h"

namespace daybook::cli {

namespace {

using projector::AccountInfo;
using projector::View;
using Found = Result<std::optional<Finding>>;

std::string text_of(const AccountInfo& account) {
    const auto bound = [](const std::optional<SignedAmount>& limit) {
        return limit ? to_string(*limit) : std::string{"none"};
    };
    return std::string{name_of(account.state)} + ", min " + bound(account.limits.min) + ", max " +
           bound(account.limits.max);
}

template <typename CommandOrMember, typename Take>
void with_unique_reference(const CommandOrMember& said, const Take& take) {
    std::visit(
        [&](const auto& stated) {
            if constexpr (requires { stated.particulars; }) {
                if (stated.particulars.is_reference_unique) take(stated.particulars.reference);
            }
        },
        said);
}

Found difference(Seq seq, std::string account, std::string what, std::string stored,
                 std::string recomputed) {
    if (stored == recomputed) return std::optional<Finding>{};
    return Finding{seq, std::move(account), std::move(what), std::move(stored),
                   std::move(recomputed)};
}

}  // namespace

void LastingRows::note(Seq seq, const Command& command, const Decision& decision,
                       const Book& before) {
    const auto take = [&](std::uint16_t member) {
        return [this, seq, member](const std::string& reference) {
            waiting_.push_back({seq, Reference{reference, EntryId{seq, member}}});
            ++counts_.references;
        };
    };
    with_unique_reference(command, take(0));
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        for (std::size_t i = 0; i < atomic->members.size(); ++i)
            with_unique_reference(atomic->members[i], take(static_cast<std::uint16_t>(i)));
    }
    if (decision.remarks.empty()) return;
    note_reversals(seq, decision);
    note_terms(seq, decision, before);
}

void LastingRows::note_reversals(Seq seq, const Decision& decision) {
    std::map<std::pair<EntryId, EntryId>, std::uint64_t> reversals;
    for (const Remark& remark : decision.remarks) {
        if (remark.kind == RemarkKind::reversed) ++reversals[{remark.id(), remark.made_at(seq)}];
    }
    for (const auto& [link, postings] : reversals) {
        waiting_.push_back({seq, Reversed{link.first, link.second, postings}});
        ++counts_.reversals;
    }
}

// What an account was inside of the record that opened it is not kept.
void LastingRows::note_terms(Seq seq, const Decision& decision, const Book& before) {
    std::set<AccountNumber> changed;
    for (const Remark& remark : decision.remarks) {
        const bool is_change =
            remark.kind == RemarkKind::state || remark.kind == RemarkKind::limits;
        if (is_change && before.find(remark.account()) != nullptr) changed.insert(remark.account());
    }
    for (const AccountNumber number : changed) {
        const Account& account = *before.find(number);
        const AccountTerms& terms = before.terms(number);
        waiting_.push_back({seq, AccountInfo{.number = number,
                                             .code = terms.code,
                                             .asset = account.asset,
                                             .type = account.type,
                                             .state = account.state,
                                             .limits = terms.limits,
                                             .opened = terms.opened}});
        ++counts_.past_terms;
    }
}

Found LastingRows::look_up(const View& view, Seq seq, const Reference& row) {
    const auto found = view.find_reference(row.text);
    if (!found) return std::unexpected{found.error()};
    return difference(seq, {}, "the projection's reference " + row.text,
                      *found ? to_string(**found) : "none", to_string(row.id));
}

Found LastingRows::look_up(const View& view, Seq seq, const AccountInfo& row) {
    const auto found = view.terms_until(row, seq);
    if (!found) return std::unexpected{found.error()};
    return difference(seq, row.code + " (number " + std::to_string(row.number.value()) + ")",
                      "the projection's state and limits before it",
                      *found ? text_of(**found) : "none", text_of(row));
}

Found LastingRows::look_up(const View& view, Seq seq, const Reversed& row) {
    const auto found = view.reversed_postings(row.original, row.reversal);
    if (!found) return std::unexpected{found.error()};
    return difference(seq, {},
                      "the projection's reversal " + to_string(row.reversal) + " of entry " +
                          to_string(row.original),
                      *found ? std::to_string(**found) + " postings" : "none",
                      std::to_string(row.postings) + " postings");
}

Found LastingRows::compare(const View& view) {
    const Seq watermark = view.watermark().seq;
    while (!waiting_.empty() && waiting_.front().seq <= watermark) {
        const Row& row = waiting_.front();
        auto finding =
            std::visit([&](const auto& what) { return look_up(view, row.seq, what); }, row.what);
        if (!finding || *finding) return finding;
        waiting_.pop_front();
    }
    return std::optional<Finding>{};
}

}  // namespace daybook::cli

#include "projector/past.h"

#include <string>
#include <utility>

namespace daybook::projector {

namespace {

std::unexpected<Error> not_this_journal(const char* what) {
    return fail(ErrorCode::damaged, std::string{"the projection "} + what +
                                        "; delete the projection, the projector builds it again");
}

std::unexpected<Error> no_account(AccountNumber number) {
    return fail(ErrorCode::not_found,
                "there is no account number " + std::to_string(number.value()));
}

}  // namespace

Result<Seq> last_seq_at(journal::Snapshot& journal, Stamp moment) {
    Seq reached;
    std::uint64_t first = 1;
    std::uint64_t last = journal.head_seq().value();
    while (first <= last) {
        const Seq middle{first + ((last - first) / 2)};
        const auto block = journal.block_of(middle);
        if (!block) return std::unexpected{block.error()};
        if (!*block) return fail(ErrorCode::damaged, "the journal lacks a block it counts");
        const auto& info = (*block)->info();
        if (info.stamp <= moment) {
            reached = info.last_seq();
            first = reached.value() + 1;
        } else {
            last = info.first_seq.value() - 1;
        }
    }
    return reached;
}

Result<Past> Past::open(const View& view, journal::Snapshot& journal) {
    const Watermark& watermark = view.watermark();
    if (journal.head().book != watermark.book) return not_this_journal("is of another book");
    if (watermark.seq == Seq{}) return Past{view, journal};
    const auto block = journal.block_of(watermark.seq);
    if (!block) return std::unexpected{block.error()};
    if (!*block) return not_this_journal("is ahead of the journal");
    if ((*block)->info().hash != watermark.block_hash) {
        return not_this_journal("was made from another journal");
    }
    return Past{view, journal};
}

Result<AccountHistory> Past::history(AccountNumber account) const {
    const auto balance = view_->balance(account);
    if (!balance) return std::unexpected{balance.error()};
    if (!*balance) return no_account(account);
    return AccountHistory{*journal_, account, **balance};
}

Result<std::optional<Balance>> Past::balance_at(const AccountInfo& account, Seq seq,
                                                std::uint64_t* hops) const {
    if (account.opened > seq) return std::nullopt;
    const auto newest = view_->balance(account.number);
    if (!newest) return std::unexpected{newest.error()};
    if (!*newest) return no_account(account.number);
    // The projection knows it already: no record need be read.
    if ((*newest)->last.seq() <= seq) return **newest;
    AccountHistory history{*journal_, account.number, **newest};
    const auto found = history.newest_at(seq);
    if (hops != nullptr) *hops += history.hops();
    if (!found) return std::unexpected{found.error()};
    if (!*found) return Balance{};
    const FoundTouch& last = **found;
    return Balance{last.touch.after, last.touch.version, last.at};
}

}  // namespace daybook::projector

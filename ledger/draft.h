// Draft: the book as the decision in progress leaves it so far. Every rule reads through it, so
// that the members of an atomic see what those before them did. Private to ledger/'s sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ledger/book.h"
#include "ledger/decide.h"

namespace daybook {

class Draft {
public:
    // All must outlive the draft; `decision` must be clear.
    Draft(const Book& book, const Facts& facts, const Turn& turn, Decision& decision)
        : book_{book}, facts_{facts}, turn_{turn}, decision_{decision} {}

    const Facts& facts() const { return facts_; }
    const Turn& turn() const { return turn_; }
    Decision& decision() { return decision_; }

    // From now on what is decided is this member's.
    void begin_member(std::uint16_t member);
    // Names the entry or hold that the command, or the member, makes.
    EntryId id() const { return {turn_.seq, member_}; }

    // Ends the decision; what was decided so far is forgotten. `why` stays as a remark.
    void reject(Rejection rejection, std::uint64_t subject = 0);
    void reject(Rejection rejection, std::uint64_t subject, const Remark& why);
    bool is_rejected() const { return decision_.kind == Decision::Kind::rejected; }
    void remark(Remark remark);

    // Null when there is no such account. Valid until an account changes other than by touches.
    const Standing* find(AccountNumber number) const {
        return decision_.changes.accounts.empty() ? book_.find(number) : find_changed(number);
    }
    // None when there is no such account.
    AccountNumber resolve(const AccountRef& account) const;
    std::optional<AccountNumber> find_account(std::string_view code) const;
    std::optional<AssetNumber> find_asset(std::string_view code) const;
    unsigned scale_of(AssetNumber asset) const;
    // The number must exist, as for those below.
    Limits limits(AccountNumber number) const;

    // As the last touch left it.
    Totals totals(AccountNumber number, const Standing& account) const;
    std::uint64_t version(AccountNumber number, const Standing& account) const;
    // As it was before this command or member.
    Totals totals_before(AccountNumber number, const Standing& account) const;

    std::uint64_t define_asset(Asset asset);
    std::uint64_t open_account(const OpenAccount& stated, AssetNumber asset);
    // To be changed in place; its totals and version are not what counts.
    Changes::ChangedAccount& change(AccountNumber number);

    // Nothing when there never was such a hold; of one that has ended only the state is known.
    std::optional<Hold> find_hold(EntryId id) const;
    void put_hold(EntryId id, const Hold& hold);

    // Null when there is no such entry; of this Seq only those of earlier members.
    const MadeEntry* find_entry(EntryId id) const;
    void note_entry(bool is_reversal, std::vector<ResolvedPosting> postings);
    // What has been reversed of it, one amount a posting.
    std::vector<Amount> reversed(const MadeEntry& entry) const;
    void put_reversed(EntryId id, std::vector<Amount> amounts);

    bool is_atomic() const { return is_atomic_; }
    // True if an earlier member has this reference.
    bool has_reference(std::string_view reference) const;
    // It must live as long as the draft.
    void note_reference(std::string_view reference);

private:
    const Standing* find_changed(AccountNumber number) const;
    const Touch* last_touch(AccountNumber number, std::size_t before) const;

    const Book& book_;
    const Facts& facts_;
    Turn turn_;
    Decision& decision_;
    bool is_atomic_ = false;
    std::uint16_t member_ = 0;
    std::size_t first_touch_ = 0;     // of this member
    std::vector<MadeEntry> entries_;  // of the members so far
    std::vector<std::string_view> references_;
};

}  // namespace daybook

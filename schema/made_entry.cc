#include "schema/made_entry.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include "schema/touch_counts.h"

namespace daybook::schema {

namespace {

// Reads postings off a record's touches and remarks, one stated command after the other.
class Reader {
public:
    explicit Reader(const RecordView& record) : record_{record}, counts_{record} {
        for (const Remark& remark : record.remarks()) {
            if (remark.kind != RemarkKind::taken) continue;
            taken_[remark.made_at(record.seq()).member()] = remark.amount_x();
        }
    }

    // False when the record lacks touches that the command must have made.
    template <typename Stated>
    bool read(std::uint16_t member, const Stated& stated) {
        member_ = member;
        const std::size_t count = counts_.of(member, stated);
        if (first_touch_ + count > record_.touch_count()) return false;
        add(stated);
        first_touch_ += count;
        return true;
    }

    std::vector<MadeEntry>& entries() { return entries_; }

private:
    template <typename Stated>
    void add(const Stated& /*posts nothing*/) {}
    void add(const Transfer& transfer) {
        const Amount amount = taken_or(transfer.amount);
        add_entry({{transfer.debit, Side::debit, amount}, {transfer.credit, Side::credit, amount}});
    }
    void add(const PostEntry& stated) {
        std::vector<ResolvedPosting> postings;
        for (const auto& posting : stated.postings) {
            postings.push_back({touched(postings.size()), posting.side, taken_or(posting.amount)});
        }
        add_entry(std::move(postings));
    }
    void add(const CaptureHold&) {
        const Amount amount = taken_or(Amount{});
        add_entry({{touched(0), Side::debit, amount}, {touched(1), Side::credit, amount}});
    }
    // Only that it is one matters: a reversal is not reversed.
    void add(const ReverseEntry&) { entries_.push_back({id(), true, {}}); }

    EntryId id() const { return {record_.seq(), member_}; }
    Amount taken_or(Amount stated) const {
        const auto found = taken_.find(member_);
        return found == taken_.end() ? stated : found->second;
    }
    AccountNumber touched(std::size_t index) const {
        return record_.touch(first_touch_ + index).account;
    }
    void add_entry(std::vector<ResolvedPosting> postings) {
        entries_.push_back({id(), false, std::move(postings)});
    }

    const RecordView& record_;
    TouchCounts counts_;
    std::map<std::uint16_t, Amount> taken_;  // by member
    std::uint16_t member_ = 0;
    std::size_t first_touch_ = 0;
    std::vector<MadeEntry> entries_;
};

}  // namespace

Result<std::vector<MadeEntry>> read_made_entries(const RecordView& record, const Command& command) {
    if (record.verdict() != Verdict::accepted) return std::vector<MadeEntry>{};
    Reader reader{record};
    bool is_whole = true;
    const auto read = [&](std::uint16_t member, const auto& stated) {
        is_whole = is_whole && reader.read(member, stated);
    };
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        for (std::uint16_t member = 0; member < atomic->members.size(); ++member) {
            std::visit([&](const auto& stated) { read(member, stated); }, atomic->members[member]);
        }
    } else {
        std::visit([&](const auto& stated) { read(0, stated); }, command);
    }
    if (!is_whole) {
        return fail(ErrorCode::damaged, "record " + std::to_string(record.seq().value()) +
                                            ": it lacks touches; run `daybook verify`");
    }
    return std::move(reader.entries());
}

Result<std::optional<MadeEntry>> read_made_entry(const RecordView& record, std::uint16_t member) {
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    const auto entries = read_made_entries(record, *command);
    if (!entries) return std::unexpected{entries.error()};
    for (const MadeEntry& entry : *entries) {
        if (entry.id.member() == member) return entry;
    }
    return std::nullopt;
}

}  // namespace daybook::schema

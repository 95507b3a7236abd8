#include "schema/made_entry.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

namespace daybook::schema {

namespace {

// Reads the postings of one stated command off its touches and remarks.
class Reader {
public:
    Reader(const RecordView& record, std::uint16_t member)
        : record_{record}, member_{member}, remarks_{record.remarks()} {}

    // How many touches a command made.
    std::size_t touches_of(const PostEntry& entry) const { return entry.postings.size(); }
    std::size_t touches_of(const PlaceHold&) const { return 2; }
    std::size_t touches_of(const CaptureHold&) const { return 2; }
    std::size_t touches_of(const ReleaseHold&) const { return 2; }
    std::size_t touches_of(const SetAccountState&) const { return 1; }
    std::size_t touches_of(const SetLimits&) const { return 1; }
    std::size_t touches_of(const DefineAsset&) const { return 0; }
    std::size_t touches_of(const OpenAccount&) const { return 0; }
    std::size_t touches_of(const ReverseEntry&) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            remarks_, [&](const Remark& remark) { return is_own(remark, RemarkKind::reversed); }));
    }

    // Skips the touches of an earlier member.
    template <typename Stated>
    void skip(const Stated& stated, std::uint16_t member) {
        const std::uint16_t asked = std::exchange(member_, member);
        first_touch_ += touches_of(stated);
        member_ = asked;
    }

    std::optional<MadeEntry> read(const Transfer& transfer) const {
        const Amount amount = taken().value_or(transfer.amount);
        return entry(false, {{transfer.debit, Side::debit, amount},
                             {transfer.credit, Side::credit, amount}});
    }

    std::optional<MadeEntry> read(const PostEntry& stated) const {
        std::vector<ResolvedPosting> postings;
        for (const auto& posting : stated.postings) {
            postings.push_back(
                {touched(postings.size()), posting.side, taken().value_or(posting.amount)});
        }
        return entry(false, std::move(postings));
    }

    std::optional<MadeEntry> read(const CaptureHold&) const {
        const Amount amount = taken().value_or(Amount{});
        return entry(false,
                     {{touched(0), Side::debit, amount}, {touched(1), Side::credit, amount}});
    }

    // Only that it is one matters: a reversal is not reversed.
    std::optional<MadeEntry> read(const ReverseEntry&) const { return entry(true, {}); }

    template <typename Stated>
    std::optional<MadeEntry> read(const Stated& /*posts nothing*/) const {
        return std::nullopt;
    }

    // Whether the record has the touches that the command must have made.
    template <typename Stated>
    bool has_touches(const Stated& stated) const {
        if constexpr (requires { touches_of(stated); }) {
            return first_touch_ + touches_of(stated) <= record_.touch_count();
        }
        return true;
    }

private:
    bool is_own(const Remark& remark, RemarkKind kind) const {
        return remark.kind == kind && remark.made_at(record_.seq()).member() == member_;
    }
    std::optional<Amount> taken() const {
        for (const Remark& remark : remarks_) {
            if (is_own(remark, RemarkKind::taken)) return remark.amount_x();
        }
        return std::nullopt;
    }
    AccountNumber touched(std::size_t index) const {
        return record_.touch(first_touch_ + index).account;
    }
    MadeEntry entry(bool is_reversal, std::vector<ResolvedPosting> postings) const {
        return {EntryId{record_.seq(), member_}, is_reversal, std::move(postings)};
    }

    const RecordView& record_;
    std::uint16_t member_;
    std::vector<Remark> remarks_;
    std::size_t first_touch_ = 0;
};

Result<std::optional<MadeEntry>> read_checked(const Reader& reader, const RecordView& record,
                                              const auto& stated) {
    if (!reader.has_touches(stated)) {
        return fail(ErrorCode::damaged, "record " + std::to_string(record.seq().value()) +
                                            ": it lacks touches; run `daybook verify`");
    }
    return reader.read(stated);
}

}  // namespace

Result<std::optional<MadeEntry>> read_made_entry(const RecordView& record, std::uint16_t member) {
    if (record.verdict() != Verdict::accepted) return std::nullopt;
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    Reader reader{record, member};
    const auto read = [&](const auto& stated) { return read_checked(reader, record, stated); };
    const auto* atomic = std::get_if<Atomic>(&*command);
    if (atomic == nullptr) {
        if (member != 0) return std::nullopt;
        return std::visit(read, *command);
    }
    if (member >= atomic->members.size()) return std::nullopt;
    for (std::uint16_t earlier = 0; earlier < member; ++earlier) {
        std::visit([&](const auto& stated) { reader.skip(stated, earlier); },
                   atomic->members[earlier]);
    }
    return std::visit(read, atomic->members[member]);
}

}  // namespace daybook::schema

#include "cli/record_text.h"

#include <algorithm>
#include <iterator>
#include <variant>

#include <fmt/format.h>

#include "cli/remark_text.h"
#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

// The rest of a longer entry is only counted, so that it stays one line.
constexpr std::size_t kPostingsShown = 4;
constexpr std::size_t kMembersShown = 3;

struct DescribeCommand {
    AccountNames& names;
    std::string& out;

    void operator()(const Transfer& transfer) const {
        const AccountRef credit{transfer.credit, {}};
        append("debit {}, credit {}  {}", names.code_of(transfer.debit),
               names.code_of(transfer.credit), names.amount_in(credit, transfer.amount));
    }

    void operator()(const DefineAsset& asset) const {
        append("{} with scale {}", asset.code, asset.scale);
    }

    void operator()(const OpenAccount& account) const {
        append("{}  {} in {}", account.code, name_of(account.type), account.asset);
        if (account.limits.min) append(", min {}", to_string(*account.limits.min));
        if (account.limits.max) append(", max {}", to_string(*account.limits.max));
    }

    void operator()(const PostEntry& entry) const {
        const std::size_t shown = std::min(entry.postings.size(), kPostingsShown);
        for (std::size_t i = 0; i < shown; ++i) {
            const auto& posting = entry.postings[i];
            append("{}{} {} {}", i == 0 ? "" : ", ", name_of(posting.side),
                   name_of_account(posting.account),
                   names.amount_in(posting.account, posting.amount));
        }
        if (entry.postings.size() > shown) {
            append(", and {} postings more", entry.postings.size() - shown);
        }
        describe(entry.particulars);
    }

    void operator()(const VoidKey& command) const { append("key {}", to_hex(command.key.bytes)); }

    void operator()(const PlaceHold& hold) const {
        append("debit {}, credit {}  {}", name_of_account(hold.debit), name_of_account(hold.credit),
               names.amount_in(hold.credit, hold.amount));
        if (!hold.expires_at.is_none()) append(", expires {}", to_string(hold.expires_at));
        describe(hold.particulars);
    }
    void operator()(const CaptureHold& capture) const {
        append("hold {}{}", to_string(capture.hold), capture.is_final ? ", final" : "");
        describe(capture.particulars);
    }
    void operator()(const ReleaseHold& release) const {
        append("hold {}", to_string(release.hold));
        describe(release.particulars);
    }
    void operator()(const ExpireHold& expiry) const { append("hold {}", to_string(expiry.hold)); }

    void operator()(const ReverseEntry& reversal) const {
        append("entry {}{}", to_string(reversal.entry),
               reversal.amounts.empty() ? "" : ", in part");
        describe(reversal.particulars);
    }
    void operator()(const SetAccountState& stated) const {
        append("{} {}", name_of_account(stated.account), name_of(stated.state));
        describe(stated.particulars);
    }
    void operator()(const SetLimits& stated) const {
        append("{}", name_of_account(stated.account));
        append(", min {}", stated.limits.min ? to_string(*stated.limits.min) : "none");
        append(", max {}", stated.limits.max ? to_string(*stated.limits.max) : "none");
        describe(stated.particulars);
    }
    void operator()(const Atomic& atomic) const {
        for (std::size_t i = 0; i < std::min(atomic.members.size(), kMembersShown); ++i) {
            append("{}{} ", i == 0 ? "" : "; ", name_of(kind_of(atomic.members[i])));
            std::visit(*this, atomic.members[i]);
        }
        if (atomic.members.size() > kMembersShown) {
            append("; and {} commands more", atomic.members.size() - kMembersShown);
        }
    }

    void describe(const Particulars& particulars) const {
        if (!particulars.reference.empty()) append("  ref {}", particulars.reference);
        if (!particulars.description.empty()) append("  \"{}\"", particulars.description);
    }
    std::string name_of_account(const AccountRef& account) const {
        return account.number.is_none() ? account.code : names.code_of(account.number);
    }

    template <typename... Parts>
    void append(fmt::format_string<Parts...> format, Parts&&... parts) const {
        fmt::format_to(std::back_inserter(out), format, std::forward<Parts>(parts)...);
    }
};

void append_reason(const schema::RecordView& record, const Command& command, AccountNames& names,
                   std::string& out) {
    if (record.rejection() != Rejection::none) {
        out += fmt::format("  {}", name_of(record.rejection()));
    }
    for (const auto& remark : record.remarks()) {
        const auto text = describe(remark, record, command, names);
        if (!text.empty()) out += ": " + text;
    }
}

}  // namespace

std::string describe(const Command& command, AccountNames& names) {
    std::string out;
    std::visit(DescribeCommand{names, out}, command);
    return out;
}

Result<void> append_record_text(const schema::RecordView& record, Stamp stamp, AccountNames& names,
                                std::string& out) {
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    names.learn(record, *command);
    out += fmt::format("{:>8}  {}  {:<12}  {}  ", record.seq().value(), to_string(stamp),
                       name_of(record.kind()), name_of(record.verdict()));
    std::visit(DescribeCommand{names, out}, *command);
    append_reason(record, *command, names, out);
    out.push_back('\n');
    return {};
}

}  // namespace daybook::cli

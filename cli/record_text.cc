#include "cli/record_text.h"

#include <algorithm>
#include <iterator>
#include <variant>

#include <fmt/format.h>

#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

// The rest of a longer entry is only counted, so that it stays one line.
constexpr std::size_t kPostingsShown = 4;

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
            const auto code = posting.account.number.is_none()
                                  ? posting.account.code
                                  : names.code_of(posting.account.number);
            append("{}{} {} {}", i == 0 ? "" : ", ", name_of(posting.side), code,
                   names.amount_in(posting.account, posting.amount));
        }
        if (entry.postings.size() > shown) {
            append(", and {} postings more", entry.postings.size() - shown);
        }
        if (!entry.reference.empty()) append("  ref {}", entry.reference);
        if (!entry.description.empty()) append("  \"{}\"", entry.description);
    }

    void operator()(const VoidKey& command) const { append("key {}", to_hex(command.key.bytes)); }

    template <typename... Parts>
    void append(fmt::format_string<Parts...> format, Parts&&... parts) const {
        fmt::format_to(std::back_inserter(out), format, std::forward<Parts>(parts)...);
    }
};

void append_reason(const schema::RecordView& record, AccountNames& names, std::string& out) {
    if (record.rejection() == Rejection::none) return;
    out += fmt::format("  {}", name_of(record.rejection()));
    const auto shortfall = record.shortfall();
    if (!shortfall) return;
    out += fmt::format(": {} stands at {}, bound {}", names.code_of(shortfall->account),
                       names.amount_in(shortfall->account, shortfall->balance),
                       names.amount_in(shortfall->account, shortfall->bound));
}

}  // namespace

Result<void> append_record_text(const schema::RecordView& record, Stamp stamp, AccountNames& names,
                                std::string& out) {
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    names.learn(record, *command);
    out += fmt::format("{:>8}  {}  {:<12}  {}  ", record.seq().value(), to_string(stamp),
                       name_of(record.kind()), name_of(record.verdict()));
    std::visit(DescribeCommand{names, out}, *command);
    append_reason(record, names, out);
    out.push_back('\n');
    return {};
}

}  // namespace daybook::cli

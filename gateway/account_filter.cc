#include "gateway/account_filter.h"

#include <variant>

#include "ledger/command.h"
#include "ledger/remark.h"

namespace daybook::gateway {

void AccountFilter::add(const std::vector<AccountNumber>& numbers) {
    for (const auto number : numbers)
        numbers_.insert(number.value());
}

bool AccountFilter::is_under(const std::string& code) const {
    if (!code.starts_with(path_)) return false;
    return code.size() == path_.size() || code[path_.size()] == ':';
}

Result<bool> AccountFilter::learn(const schema::RecordView& record) {
    const bool may_open =
        record.kind() == CommandKind::open_account || record.kind() == CommandKind::atomic;
    if (!may_open) return false;
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    if (const auto* account = std::get_if<OpenAccount>(&*command)) {
        if (!is_under(account->code)) return false;
        numbers_.insert(record.subject());
        return true;
    }
    bool opens = false;
    const auto& members = std::get<Atomic>(*command).members;
    for (const auto& remark : record.remarks()) {
        if (remark.kind != RemarkKind::number || remark.member >= members.size()) continue;
        const auto* account = std::get_if<OpenAccount>(&members[remark.member]);
        if (account == nullptr || !is_under(account->code)) continue;
        numbers_.insert(remark.subject);
        opens = true;
    }
    return opens;
}

Result<bool> AccountFilter::passes(const schema::RecordView& record) {
    if (record.verdict() != Verdict::accepted) return false;
    const auto opens = learn(record);
    if (!opens || *opens) return opens;
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        if (numbers_.contains(record.touch(i).account.value())) return true;
    }
    return false;
}

}  // namespace daybook::gateway

#include "cli/trial.h"

namespace daybook::cli {

namespace {

template <typename T>
T& at(std::vector<T>& values, std::size_t index) {
    if (index >= values.size()) values.resize(index + 1);
    return values[index];
}

}  // namespace

std::optional<AssetNumber> Trial::add(const schema::RecordView& record, const Book& book) {
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        const Touch touch = record.touch(i);
        const Account* account = book.find(touch.account);
        if (account == nullptr) continue;
        Posted& posted = at(accounts_, touch.account.value());
        at(surpluses_, account->asset.value()) +=
            (touch.after.posted_debits.minor_units() - posted.debits.minor_units()) -
            (touch.after.posted_credits.minor_units() - posted.credits.minor_units());
        posted = {touch.after.posted_debits, touch.after.posted_credits};
    }
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        const Account* account = book.find(record.touch(i).account);
        if (account != nullptr && surpluses_[account->asset.value()] != 0) return account->asset;
    }
    return std::nullopt;
}

}  // namespace daybook::cli

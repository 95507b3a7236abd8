// LastPostings: where each account was posted to last in a cut, for formats that assert a balance
// there. Found by a walk of its own before the one that writes.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "export/walk.h"
#include "journal/environment.h"
#include "ledger/history.h"
#include "ledger/numbers.h"

namespace daybook::exports {

class LastPostings {
public:
    static Result<LastPostings> find(const std::shared_ptr<journal::Environment>& journal, Cut cut,
                                     const GoOn& go_on);

    bool is_last(AccountNumber account, TouchPointer touch) const {
        return account.value() <= last_.size() && last_[account.value() - 1] == touch;
    }

private:
    std::vector<TouchPointer> last_;  // by account; none: not posted to
};

}  // namespace daybook::exports

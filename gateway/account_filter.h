// AccountFilter: which records concern the accounts under a path: `users:alice` is the account of
// that code and every one below it (`users:alice:wallet`), never `users:alice2`. Numbers are given
// once and codes never change, so what has been learned stays true. One thread.
//
// A record passes when it touches such an account or opens one. Rejected commands touch and open
// nothing, so they never pass.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "ledger/numbers.h"
#include "schema/record.h"

namespace daybook::gateway {

class AccountFilter {
public:
    // `path` is an account code.
    explicit AccountFilter(std::string path) : path_{std::move(path)} {}

    void add(const std::vector<AccountNumber>& numbers);

    // Every record has to come by here, in order, from the first that may open an account not
    // added. Learns what it opens, then says whether it passes. `damaged` when its command cannot
    // be read.
    Result<bool> passes(const schema::RecordView& record);

private:
    bool is_under(const std::string& code) const;
    // Whether it opens an account under the path.
    Result<bool> learn(const schema::RecordView& record);

    std::string path_;
    std::unordered_set<std::uint64_t> numbers_;
};

}  // namespace daybook::gateway

// NameSource: where accounts are looked up that no record has told of.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "journal/environment.h"
#include "ledger/entry_id.h"
#include "ledger/numbers.h"
#include "projector/balances.h"

namespace daybook::gateway {
class QueryClient;
}

namespace daybook::cli {

struct NamedAccount {
    std::string code;
    std::string asset;  // its code
    unsigned scale = 0;
};

// What is not known, or cannot be asked now, is nothing: it is written plainly then.
class NameSource {
public:
    virtual ~NameSource() = default;
    NameSource() = default;
    NameSource(const NameSource&) = delete;
    NameSource& operator=(const NameSource&) = delete;
    NameSource(NameSource&&) = delete;
    NameSource& operator=(NameSource&&) = delete;

    virtual std::optional<NamedAccount> find(AccountNumber number) = 0;
    virtual std::optional<AccountNumber> find(const std::string& code) = 0;
    // The account it debits.
    virtual std::optional<AccountNumber> find(EntryId hold) = 0;
};

// The projection knows the holds that are open, `journal`, if there is one, all of them.
std::unique_ptr<NameSource> open_names_here(std::unique_ptr<projector::Balances> projection,
                                            std::shared_ptr<journal::Environment> journal);
// A server's names, of all holds.
std::unique_ptr<NameSource> open_names_at(std::unique_ptr<gateway::QueryClient> client);

}  // namespace daybook::cli

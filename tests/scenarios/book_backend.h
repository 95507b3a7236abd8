// The first way to run scenarios: a Book in memory, with the keys in a map. No bytes, no files.
#pragma once

#include <map>

#include "ledger/book.h"
#include "ledger/decide.h"
#include "tests/scenarios/runner.h"

namespace daybook::scenarios {

class BookBackend final : public Ledger {
public:
    schema::Receipt execute(const Command& command) override;
    schema::Receipt outcome(const Id128& key) override;
    std::optional<AccountView> account(std::string_view code) override;
    Seq head() override { return head_; }

private:
    struct Bound {
        Command command;
        schema::Receipt receipt;
    };

    Book book_;
    Seq head_;
    Decision decision_;
    std::map<Id128, Bound> keys_;
};

}  // namespace daybook::scenarios

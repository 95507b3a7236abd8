// The first way to run scenarios: a Book in memory, with the keys, references and records in maps.
// No files.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "ledger/book.h"
#include "ledger/decide.h"
#include "schema/command_codec.h"
#include "tests/scenarios/runner.h"

namespace daybook::scenarios {

class BookBackend final : public Ledger {
public:
    schema::Receipt execute(const Command& command) override;
    schema::Receipt dry_run(const Command& command) override;
    schema::Receipt outcome(const Id128& key) override;
    void set_clock(Stamp now, std::uint64_t expiries) override;
    std::optional<AccountView> account(std::string_view code) override;
    Seq head() override { return head_; }

private:
    struct Bound {
        Command command;
        schema::Receipt receipt;
    };

    Facts facts_of(const Command& command) const;
    // Takes a Seq for what was decided and remembers it.
    schema::Receipt record(const Command& command);

    Book book_;
    Seq head_;
    Stamp now_ = kScenarioStart;
    Decision decision_;
    schema::CommandEncoder encoder_;
    std::map<Id128, Bound> keys_;
    std::map<std::string, Seq, std::less<>> references_;
    std::map<Seq, std::vector<std::byte>> records_;
};

}  // namespace daybook::scenarios

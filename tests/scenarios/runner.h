// Runs a scenario against a ledger, whatever stands behind it: a Book in memory, a journal that is
// reopened after every line, or a server at the other end of a socket.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/numbers.h"
#include "ledger/outcome.h"
#include "schema/receipts.h"
#include "tests/scenarios/scenario.h"

namespace daybook::scenarios {

struct AccountView {
    AccountNumber number;
    AccountType type = AccountType::liability;
    Totals totals;
    std::uint64_t version = 0;
};

// A seam: one implementation a way to run, each in a file of its own (book_backend.h). Calls come
// one at a time from one thread, on a fresh and empty book.
class Ledger {
public:
    Ledger() = default;
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;
    Ledger(Ledger&&) = delete;
    Ledger& operator=(Ledger&&) = delete;
    virtual ~Ledger() = default;

    // May be malformed: the backend answers as its outermost layer would.
    virtual schema::Receipt execute(const Command& command) = 0;
    virtual schema::Receipt dry_run(const Command& command) = 0;
    virtual schema::Receipt outcome(const Id128& key) = 0;
    // Lets it be this late and waits until the holds due by then have expired.
    virtual void set_clock(Stamp now, std::uint64_t expiries) = 0;
    // As of the head; nothing when there is no such account.
    virtual std::optional<AccountView> account(std::string_view code) = 0;
    virtual Seq head() = 0;
    // For backends that stop and start again between lines.
    virtual void after_line() {}
};

struct RunResult {
    // The first line that did not go as expected, with what happened; nothing when all did.
    std::optional<std::string> failure;
    // What the ledger answered at least once.
    std::set<std::uint16_t> codes_seen;
};

// Beyond what the lines state it checks, for each decided command: Seqs without gap, a replayed
// receipt equal to the first one, and that what gets no Seq moves the head nowhere.
RunResult run(const Scenario& scenario, Ledger& ledger);

}  // namespace daybook::scenarios

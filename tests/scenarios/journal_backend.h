// Runs scenarios through the state machine and a journal on disk that is closed, reopened and
// replayed after every line.
#pragma once

#include <memory>

#include "tests/scenarios/runner.h"

namespace daybook::scenarios {

class JournalBackend final : public Ledger {
public:
    JournalBackend();
    ~JournalBackend() override;
    JournalBackend(const JournalBackend&) = delete;
    JournalBackend& operator=(const JournalBackend&) = delete;
    JournalBackend(JournalBackend&&) = delete;
    JournalBackend& operator=(JournalBackend&&) = delete;

    schema::Receipt execute(const Command& command) override;
    schema::Receipt dry_run(const Command& command) override;
    schema::Receipt outcome(const Id128& key) override;
    void set_clock(Stamp now, std::uint64_t expiries) override;
    std::optional<AccountView> account(std::string_view code) override;
    Seq head() override;
    void after_line() override;

private:
    struct Opened;
    std::unique_ptr<Opened> reopen();
    schema::Receipt submit(const Command& command, std::uint8_t flags);

    struct Place;
    std::unique_ptr<Place> place_;
    std::unique_ptr<Opened> opened_;
    Stamp now_ = kScenarioStart;
    int reopened_ = 0;
};

}  // namespace daybook::scenarios

// Runs scenarios end to end: a producer's client, the socket, the sequencer with its threads, the
// journal, the projector and a reader of the projection.
#pragma once

#include <memory>

#include "tests/scenarios/runner.h"

namespace daybook::scenarios {

class ZeromqBackend final : public Ledger {
public:
    ZeromqBackend();
    ~ZeromqBackend() override;
    ZeromqBackend(const ZeromqBackend&) = delete;
    ZeromqBackend& operator=(const ZeromqBackend&) = delete;
    ZeromqBackend(ZeromqBackend&&) = delete;
    ZeromqBackend& operator=(ZeromqBackend&&) = delete;

    schema::Receipt execute(const Command& command) override;
    schema::Receipt dry_run(const Command& command) override;
    schema::Receipt outcome(const Id128& key) override;
    void set_clock(Stamp now, std::uint64_t expiries) override;
    std::optional<AccountView> account(std::string_view code) override;
    Seq head() override;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace daybook::scenarios

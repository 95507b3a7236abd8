#include "tests/scenarios/zeromq_backend.h"

#include <thread>

#include "projector/balances.h"
#include "projector/projector.h"
#include "tests/sequencer/support.h"

namespace daybook::scenarios {

struct ZeromqBackend::Parts {
    Parts()
        : server{directory.path(), &clock},
          client{server.connect(true)},
          projector{projector::Projector::open(server.environment(), projection()).value()},
          projecting{[this] { outcome = projector->run(); }},
          balances{projector::Balances::open(projection()).value()} {}
    ~Parts() {
        projector->stop();
        projecting.join();
        CHECK(outcome.has_value());
    }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    Parts(Parts&&) = delete;
    Parts& operator=(Parts&&) = delete;

    std::filesystem::path projection() const { return directory.path() / "projection"; }

    tests::TemporaryDirectory directory;
    tests::SetClock clock{kScenarioStart};
    tests::RunningSequencer server;
    std::unique_ptr<gateway::CommandClient> client;
    std::unique_ptr<projector::Projector> projector;
    Result<void> outcome;
    std::thread projecting;
    std::unique_ptr<projector::Balances> balances;
};

ZeromqBackend::ZeromqBackend() : parts_{std::make_unique<Parts>()} {}
ZeromqBackend::~ZeromqBackend() = default;

schema::Receipt ZeromqBackend::execute(const Command& command) {
    return parts_->client->execute(command).value();
}

schema::Receipt ZeromqBackend::dry_run(const Command& command) {
    return parts_->client->dry_run(std::span{&command, 1}).value().front();
}

void ZeromqBackend::set_clock(Stamp now, std::uint64_t expiries) {
    const Seq until = head().plus(expiries);
    parts_->clock.set(now);
    // A timer of the sequencer opens a block for them.
    for (int i = 0; i < 1000 && head() < until; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

schema::Receipt ZeromqBackend::outcome(const Id128& key) {
    return parts_->client->outcomes(std::span{&key, 1}).value().front();
}

std::optional<AccountView> ZeromqBackend::account(std::string_view code) {
    const auto view = parts_->balances->wait_for(head(), std::chrono::seconds{10}).value();
    const auto number = view.find(code).value();
    if (!number) return std::nullopt;
    const auto info = view.account(*number).value().value();
    const auto balance = view.balance(*number).value().value();
    return AccountView{*number, info.type, balance.totals, balance.version};
}

Seq ZeromqBackend::head() {
    // A key nobody uses: the proof that it was not seen names the head.
    return outcome(tests::id_of(0xff, 0xff)).seq;
}

}  // namespace daybook::scenarios

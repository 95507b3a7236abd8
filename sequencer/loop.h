// Loop: the sequencer's thread. Waits for its sockets and the committer, and gives the clerk its
// turns. Private to sequencer/'s sources.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include <zmq.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "sequencer/clerk.h"
#include "sequencer/committer_thread.h"
#include "sequencer/feed.h"
#include "sequencer/ingress.h"
#include "sequencer/peers.h"
#include "sequencer/sequencer.h"
#include "state/keeper.h"

namespace daybook::sequencer {

class Sequencer::Loop final : private Peers {
public:
    Loop(RecordFinder finder, std::unique_ptr<CommitterThread> committer, Options options,
         Clock& clock, const Id128& book);
    ~Loop() override;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    Loop(Loop&&) = delete;
    Loop& operator=(Loop&&) = delete;

    Result<void> recover(const std::shared_ptr<journal::Environment>& environment);
    Result<void> bind();
    Result<void> run();
    void stop();
    Seq head() const { return clerk_.core().head(); }
    const Book& book() const { return clerk_.core().book(); }

private:
    std::optional<Incoming> receive() override { return ingress_->receive(); }
    void answer(PeerId peer, zmq::message_t message) override {
        ingress_->answer(peer, std::move(message));
    }
    void publish(const journal::BlockInfo& info, const journal::BlockBuilder& block) override {
        if (feed_) feed_->publish(info, block);
    }

    Result<void> open_snapshot(const std::shared_ptr<journal::Environment>& environment);
    void poll();
    void rest_beside_commit();
    void note_stop();
    // Forgets the keys that the snapshot has.
    Result<void> follow_snapshot();

    Options options_;
    Id128 book_;
    zmq::context_t context_{1};
    std::unique_ptr<state::Keeper> keeper_;  // null: no snapshot is kept
    std::unique_ptr<CommitterThread> committer_;
    Clerk clerk_;
    std::optional<Ingress> ingress_;
    std::optional<Feed> feed_;
    int stop_fd_ = -1;
    bool is_stopping_ = false;
};

}  // namespace daybook::sequencer

// Sequencer: the one writer. Receives submissions, decides and numbers them, makes them durable,
// then answers and publishes.
//
// Threads: the one that calls run() owns the sockets, the book and the open block; a committer
// thread of its own makes the block before durable, another keeps the snapshot. stop() may be
// called from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/environment.h"

namespace daybook {
class Book;
}

namespace daybook::sequencer {

struct Options {
    std::string listen = "tcp://127.0.0.1:7411";  // for producers; ipc or loopback
    std::string feed = "tcp://127.0.0.1:7412";    // for subscribers; empty: no feed
    // The snapshot's directory; it is made when it is missing. Empty: no snapshot is kept, every
    // key stays in memory, and every start replays the whole journal.
    std::filesystem::path state = {};
    // With less than this free on the journal's disk, commands are refused as `disk_nearly_full`.
    std::uint64_t disk_reserve_bytes = std::uint64_t{1} << 30;
    // Messages may say for whom they are: every peer is a gateway that knows its producers. Without
    // it such messages are refused, and everybody is the loopback producer.
    bool trusts_gateways = false;
};

class Sequencer {
public:
    // Replays the journal, takes the writer's role and binds the endpoints. Nothing is answered
    // before what was read is known to be durable. `clock` must outlive the sequencer.
    static Result<std::unique_ptr<Sequencer>> open(
        std::shared_ptr<journal::Environment> environment, const Options& options, Clock& clock);
    ~Sequencer();
    Sequencer(const Sequencer&) = delete;
    Sequencer& operator=(const Sequencer&) = delete;
    Sequencer(Sequencer&&) = delete;
    Sequencer& operator=(Sequencer&&) = delete;

    // Works until stop(), then commits and answers what it has decided. An error means that the
    // state of the disk is unknown: the process must end and start again.
    Result<void> run();
    void stop();

    // After open(), before run().
    Seq head() const;
    const Book& book() const;

private:
    class Loop;

    explicit Sequencer(std::unique_ptr<Loop> loop);

    std::unique_ptr<Loop> loop_;
};

}  // namespace daybook::sequencer

// CommandClient: how a C++ producer talks to the sequencer. Every message is sent again, unchanged,
// until it is answered for certain; idempotency keys make that safe. Memory is bounded: past the
// window `submit` says so.
//
// One thread at a time. All durations are wall time; Seqs and amounts are as in ledger/.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/command.h"
#include "schema/receipts.h"

namespace daybook::gateway {

struct ClientOptions {
    std::string endpoint = "tcp://127.0.0.1:7411";
    // No answer: send again; then after twice as long, up to eight times.
    std::chrono::milliseconds resend_after{1000};
    std::chrono::milliseconds connect_within{0};     // 0: in give_up_after
    std::chrono::milliseconds give_up_after{30000};  // no answer still: its outcome is unknown
    std::size_t messages_max = 32;  // in flight; past it the sequencer may drop answers
    std::size_t bytes_max = std::size_t{8} << 20;  // in flight
    // Refused as overloaded, disk_nearly_full or stopping: send again; else that is the answer.
    bool waits_when_refused = true;
    bool wants_touches = false;  // receipts bring the after-image of each account touched
};

// Names one submitted message.
using Ticket = std::uint64_t;

struct Completed {
    Ticket ticket = 0;
    // One receipt a command, in order. Or why there is none: `bad_input` (the message was malformed
    // as a whole), `damaged` (it was for another book), `try_again` (refused until give_up_after,
    // e.g. for want of disk), `unreachable` (unanswered until then: its outcome is unknown; ask for
    // it, or give up its keys).
    Result<std::vector<schema::Receipt>> receipts;
    unsigned sends = 1;
    std::chrono::nanoseconds latency{0};  // from submit to answer
};

class CommandClient {
public:
    // Asks the sequencer which book it keeps. `unreachable` when nobody answers in connect_within.
    static Result<std::unique_ptr<CommandClient>> connect(const ClientOptions& options);
    ~CommandClient();
    CommandClient(const CommandClient&) = delete;
    CommandClient& operator=(const CommandClient&) = delete;
    CommandClient(CommandClient&&) = delete;
    CommandClient& operator=(CommandClient&&) = delete;

    const Id128& book() const;
    // Whether another book has answered in the place of this one.
    bool met_other_book() const;
    // The durable head when the client connected.
    Seq head_at_connect() const;

    // Sends one message of 1 to 8,190 commands. Nothing is sent, and nothing returned, when the
    // window is full: call `poll` first. `usage` when the commands do not fit one message.
    Result<std::optional<Ticket>> submit(std::span<const Transfer> transfers);
    // The same for commands that are not transfers.
    Result<std::optional<Ticket>> submit(std::span<const Command> commands);

    // The same for commands that a schema::CommandEncoder has encoded: each list has `count` frames
    // of them.
    struct Encoded {
        Bytes frames;
        std::size_t count;
    };
    Result<std::optional<Ticket>> submit(std::span<const Encoded> lists);

    // Sends, sends again and receives for up to `timeout`; returns the next message completed.
    std::optional<Completed> poll(std::chrono::milliseconds timeout);
    std::size_t in_flight() const;
    // When the message refused last said to come again; 0: it did not say.
    std::chrono::milliseconds retry_after() const;

    // What is sent from now on is this producer's, whom a gateway has authenticated; none: ours.
    // The sequencer must trust gateways, else all is refused as `producer`.
    void act_for(ProducerId producer);

    // The blocking forms, for one command after the other. Not while messages are in flight
    // (checked). `usage` when fixed-size transfers and other commands are mixed.
    Result<schema::Receipt> execute(const Command& command);
    Result<std::vector<schema::Receipt>> execute(std::span<const Command> commands);
    // What would be decided of each command on its own after the last Seq, which the receipts name.
    // Nothing is written and no key is bound; a command whose key is bound gets its first receipt.
    Result<std::vector<schema::Receipt>> dry_run(std::span<const Command> commands);
    // What became of the keys; `not_seen` receipts carry the head they are a proof for.
    Result<std::vector<schema::Receipt>> outcomes(std::span<const Id128> keys);
    // Numbers, assets and scales of account codes, in order; those unknown have no number.
    Result<std::vector<schema::ResolvedAccount>> resolve(std::span<const std::string> codes);
    // After this a key is settled: returns its receipt if it was decided, else binds it to
    // `voided`.
    Result<schema::Receipt> give_up(const Id128& key);

private:
    struct Impl;
    Result<std::vector<schema::Receipt>> ask(std::span<const Command> commands, std::uint8_t flags);
    explicit CommandClient(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::gateway

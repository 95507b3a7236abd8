// CommandLane: takes commands to the sequencer. While some are in flight, those that come gather
// into the next message, so that messages grow with the load. One producer's do not hold up
// another's: each has a queue, and they take turns. Private to http/'s sources.
//
// Threads: one of its own owns the client; submit() and the figures are for the HTTP thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/command_client.h"
#include "http/latencies.h"
#include "http/options.h"
#include "http/the_book.h"
#include "http/waiting.h"
#include "ledger/command.h"
#include "schema/command_codec.h"
#include "schema/receipts.h"

namespace daybook::http {

// Why there are no receipts, as gateway::Completed says.
struct Unanswered : Error {
    // NOLINTNEXTLINE(google-explicit-constructor): an error that says no more.
    Unanswered(Error error, std::chrono::milliseconds after = {})
        : Error{std::move(error)}, retry_after{after} {}

    std::chrono::milliseconds retry_after;  // 0: whoever refused did not say
};
// One receipt a command.
using Receipts = std::expected<std::vector<schema::Receipt>, Unanswered>;

class CommandLane {
public:
    CommandLane(const Options& options, const asio::any_io_executor& executor, TheBook& book);
    ~CommandLane();
    CommandLane(const CommandLane&) = delete;
    CommandLane& operator=(const CommandLane&) = delete;
    CommandLane(CommandLane&&) = delete;
    CommandLane& operator=(CommandLane&&) = delete;

    // Waits for the thread, and drops what waits. Nothing is submitted afterwards.
    void stop();

    enum class Taken { yes, full, full_for_producer, not_connected };
    // Commands as they travel.
    struct Encoded {
        std::vector<std::byte> frames;
        std::vector<Id128> keys;  // one a command
    };
    struct TooLarge {
        std::optional<std::size_t> index;  // of the command; none: all together are
    };
    std::expected<Encoded, TooLarge> encode(const std::vector<Command>& commands);
    // `waiting` is given the receipts; they travel in one message, in order. What is not sent by
    // the deadline never is.
    Taken submit(ProducerId producer, Encoded commands, Deadline deadline,
                 std::shared_ptr<Waiting<Receipts>> waiting);

    // Whether a command with this key is waiting or in flight.
    bool is_under_way(ProducerId producer, const Id128& key) const {
        return under_way_.contains({key, producer});
    }
    bool is_connected() const { return is_connected_; }
    std::size_t waiting() const { return waiting_; }
    std::size_t in_flight() const { return in_flight_; }
    // The newest Seq that has come back.
    Seq head() const { return Seq{head_}; }
    std::uint64_t answered() const { return answered_; }
    // Of the messages answered of late.
    const Latencies& latencies() const { return latencies_; }

private:
    struct Item {
        Encoded commands;
        Deadline deadline;
        std::shared_ptr<Waiting<Receipts>> waiting;

        std::size_t count() const { return commands.keys.size(); }
        std::size_t bytes() const { return commands.frames.size(); }
    };
    using Items = std::vector<Item>;
    struct Message {
        ProducerId producer;
        Items items;
        std::chrono::steady_clock::time_point sent_at = {};

        std::size_t command_count() const;
    };
    struct Queue {
        std::deque<Item> items;
        std::size_t commands = 0;
    };

    void run();
    bool connect();
    // Not connected once the oldest message has gone without an answer for too long.
    void note_silence();
    // Takes out of the queues what waited past its deadline.
    std::vector<Message> take_late();
    // The next message's items; empty when nothing waits. Waits itself if `must_wait`.
    Message gather(bool must_wait);
    void send(Message message);
    void complete(const gateway::Completed& completed);
    void give(Message message, std::vector<Receipts> outcomes);

    Options options_;
    asio::any_io_executor executor_;
    TheBook& book_;
    std::unique_ptr<gateway::CommandClient> client_;
    std::map<gateway::Ticket, Message> sent_;
    Deadline look_at_;  // for what is late, the next time

    // The HTTP thread's.
    schema::CommandEncoder encoder_;
    std::multiset<std::pair<Id128, ProducerId>> under_way_;

    std::mutex mutex_;
    std::condition_variable arrived_;
    std::map<ProducerId, Queue> queues_;
    ProducerId last_;  // whose turn it was
    bool is_stopping_ = false;

    Latencies latencies_;
    std::atomic<bool> is_connected_ = false;
    std::atomic<std::size_t> waiting_ = 0;  // commands
    std::atomic<std::size_t> waiting_bytes_ = 0;
    std::atomic<std::size_t> in_flight_ = 0;  // commands
    std::atomic<std::uint64_t> head_ = 0;
    std::atomic<std::uint64_t> answered_ = 0;
    std::thread thread_;
};

}  // namespace daybook::http

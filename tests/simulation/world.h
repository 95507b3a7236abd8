// World: one simulated run. Clients, network, server, disk, clock and projection in one thread, one
// event after the other, all from one seed. First everything may fail (safety); then nothing fails
// any more, and everything must end well within ten seconds (liveness).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/audit.h"
#include "tests/simulation/history.h"
#include "tests/simulation/journal.h"
#include "tests/simulation/marks.h"
#include "tests/simulation/projection.h"
#include "tests/simulation/server.h"
#include "tests/simulation/swarm.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/workload.h"

namespace daybook::simulation {

struct RunResult {
    std::optional<std::string> violation;
    std::uint64_t trace_hash = 0;
    std::uint64_t events = 0;
    Nanos simulated = 0;
    std::uint64_t records = 0;
    std::uint64_t answers = 0;  // for certain, to a command
    std::uint64_t crashes = 0;
    std::uint64_t io_errors = 0;
};

class World {
public:
    // `directory` is where the projection's files are; it is used by one World at a time.
    World(std::uint64_t seed, const std::filesystem::path& directory, bool is_printed,
          Marks& marks);

    RunResult run();

private:
    using Parcel = std::shared_ptr<const std::vector<std::byte>>;
    enum class Kind : std::uint8_t {
        to_server,
        to_client,
        server_turn,
        server_start,
        client_sends,  // something new
        client_resends,
        projector_step,
        projector_start,
        reader_reads,
        kill,
        kill_projector,
        partition,
        clock_jump,
        io_error,
        disk_full,
        disk_free,
    };
    struct Event {
        Nanos at = 0;
        std::uint64_t order = 0;  // of events at the same time: as they were made
        Kind kind = Kind::kill;
        std::uint64_t who = 0;   // a client
        std::uint64_t what = 0;  // a message, or which copy
        Parcel parcel;
    };
    struct Client {
        std::uint64_t on_the_way = 0;  // messages
        Nanos cut_off_until = 0;
        std::uint64_t newest_copy = 0;  // of its messages that have arrived
        bool floods = false;
    };

    void at(Nanos when, Kind kind, std::uint64_t who = 0, std::uint64_t what = 0,
            Parcel parcel = {});
    bool happens();
    void handle(const Event& event);
    void handle_fault(const Event& event);

    // Clients and network: clients.cc.
    void open_book();
    void client_sends(std::uint64_t client);
    void flood(std::uint64_t client);
    void send(std::uint64_t number);
    void resend(std::uint64_t number);
    Message& new_message(std::uint64_t client, std::uint64_t& number);
    void to_network(Kind kind, std::uint64_t client, std::uint64_t what, const Parcel& parcel);
    void arrive_at_server(const Event& event);
    void arrive_at_client(const Event& event);
    void take_receipts(Message& message, std::uint64_t number, Bytes bytes, Seq head);
    void take_outcomes(const Message& message, const std::vector<schema::Receipt>& receipts,
                       Seq head);
    void finish(Message& message);
    Nanos patience(std::uint64_t tries);

    // Server and faults.
    void answer_leaves(sequencer::PeerId peer, Bytes bytes, Nanos when);
    void server_turn();
    void server_start();
    void server_down();
    void wake_server(Nanos when);
    void wake_projector();
    void project(const Event& event);
    void plan_faults();
    void plan(Kind kind, std::uint64_t count, Nanos span);

    void heal();
    bool is_done() const;
    void check();

    Swarm swarm_;
    Dice dice_;
    Trace trace_;
    Marks& marks_;
    History history_;
    SimulatedJournal journal_;
    Server server_;
    Projection projection_;
    Workload workload_;
    std::vector<Client> clients_;
    std::deque<Message> messages_;  // a message's number is its place, plus 1
    std::vector<Event> events_;     // a heap
    std::uint64_t orders_ = 0;
    std::uint64_t copies_ = 0;
    std::uint64_t handled_ = 0;  // events
    Nanos now_ = 0;
    Nanos turn_at_ = -1;
    Nanos deadline_ = 0;  // of the liveness phase
    bool is_healed_ = false;
    bool is_open_ = false;     // the book has its accounts
    std::uint64_t begun_ = 0;  // messages, but for the flood's
    std::uint64_t undone_ = 0;
    std::uint64_t projector_starts_ = 0;
    bool is_projector_awake_ = false;
    std::uint64_t crashes_left_ = 0;
    std::uint64_t answers_ = 0;
    std::uint64_t crashes_ = 0;
    std::uint64_t io_errors_ = 0;
    Seq survivors_from_;
    Seq survivors_to_;
    Seq before_start_;  // what was durable when the process began
};

}  // namespace daybook::simulation

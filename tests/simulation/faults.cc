// The part of the world that runs the server and makes it fail.
#include <algorithm>
#include <utility>

#include "schema/message.h"
#include "tests/simulation/world.h"

namespace daybook::simulation {

namespace {

constexpr Nanos kRestartMax = 3 * kSecond;
constexpr Nanos kPartitionMax = 20 * kSecond;
constexpr Nanos kFullMax = 5 * kSecond;
constexpr std::uint64_t kHours = 3600;
constexpr std::uint64_t kLooksMax = 10'000;

}  // namespace

// Spread over about the time that the clients need.
void World::plan_faults() {
    const auto steps = static_cast<Nanos>(swarm_.messages / (swarm_.clients * swarm_.window) + 1);
    const Nanos span = swarm_.think * steps / 2 + 100 * kMillisecond;
    plan(Kind::kill, crashes_left_ / 2, span);
    plan(Kind::kill_projector, swarm_.projector_crashes, span);
    plan(Kind::partition, swarm_.partitions, span);
    plan(Kind::clock_jump, swarm_.clock_jumps, span);
    plan(Kind::io_error, swarm_.io_errors, span);
    plan(Kind::disk_full, swarm_.full_disks, span);
    crashes_left_ -= crashes_left_ / 2;
    server_.mood.slow_sync_percent = swarm_.slow_sync_percent;
}

void World::plan(Kind kind, std::uint64_t count, Nanos span) {
    for (; count > 0; --count)
        at(static_cast<Nanos>(dice_.below(static_cast<std::uint64_t>(span))), kind, 0,
           dice_.chance(60) ? dice_.below(kLooksMax) : 0);
}

void World::handle_fault(const Event& event) {
    switch (event.kind) {
        case Kind::kill:
            // Some wait for the moment when a block is on its way to the disk.
            if (event.what > 0 && !(server_.is_running() && server_.is_committing()))
                return at(now_ + 2 * kMillisecond, Kind::kill, 0, event.what - 1);
            if (!server_.is_running()) return;
            server_.kill();
            return server_down();
        case Kind::kill_projector:
            if (!projection_.is_running()) return;
            marks_.hit(Mark::projector_killed);
            projection_.kill(now_);
            if (dice_.chance(30)) {
                marks_.hit(Mark::projection_built_anew);
                projection_.remove();
            }
            return at(now_ + static_cast<Nanos>(dice_.below(kRestartMax)), Kind::projector_start);
        case Kind::partition: {
            marks_.hit(Mark::partition);
            Client& client = clients_[dice_.below(clients_.size())];
            client.cut_off_until = now_ + static_cast<Nanos>(dice_.below(kPartitionMax));
            return;
        }
        case Kind::clock_jump: {
            const auto seconds = dice_.below(2 * kHours);
            const Nanos offset =
                (static_cast<Nanos>(seconds) - static_cast<Nanos>(kHours)) * kSecond;
            marks_.hit(offset < server_.clock_offset ? Mark::clock_jumped_back
                                                     : Mark::clock_jumped_forth);
            server_.clock_offset = offset;
            return trace_.note(now_, "clock jumps", seconds);
        }
        case Kind::io_error:
            server_.mood.steps_to_error = dice_.spread(1, 16);
            return;
        case Kind::disk_full:
            server_.mood.is_full = true;
            return at(now_ + static_cast<Nanos>(dice_.below(kFullMax)), Kind::disk_free);
        case Kind::disk_free:
            server_.mood.is_full = false;
            return;
        case Kind::to_server:
        case Kind::to_client:
        case Kind::server_turn:
        case Kind::server_start:
        case Kind::client_sends:
        case Kind::client_resends:
        case Kind::projector_step:
        case Kind::projector_start:
        case Kind::reader_reads:
            return;
    }
}

void World::wake_server(Nanos when) {
    if (turn_at_ > now_ && turn_at_ <= when) return;
    turn_at_ = std::max(when, now_);
    at(turn_at_, Kind::server_turn);
}

void World::server_turn() {
    turn_at_ = -1;
    if (!server_.is_running()) return;
    const Seq durable = journal_.durable();
    const bool goes_on = server_.turn(now_);
    if (journal_.durable() > durable) wake_projector();
    if (!goes_on) return server_down();
    wake_server(std::max(server_.wakes_at(), now_ + 1));
}

void World::server_start() {
    if (server_.is_running()) return;
    before_start_ = journal_.durable();
    const bool is_to_die = !is_healed_ && crashes_left_ > 0 && dice_.chance(70);
    if (is_to_die) --crashes_left_;
    server_.start(now_, is_to_die ? dice_.spread(1, swarm_.crash_countdown_max) : 0);
    if (!server_.refusal().empty())
        return history_.violated("it does not start from its own journal: " + server_.refusal());
    if (server_.survivors_from() <= server_.survivors_to()) {
        survivors_from_ = server_.survivors_from();
        survivors_to_ = server_.survivors_to();
    }
    if (!server_.is_running()) return server_down();
    wake_projector();
    wake_server(server_.wakes_at());
}

// The process has ended, by a fault. Often the whole machine has.
void World::server_down() {
    ++crashes_;
    if (server_.has_failed()) {
        ++io_errors_;
    } else if (dice_.chance(swarm_.power_cut_percent)) {
        marks_.hit(Mark::power_cut);
        trace_.note(now_, "power cut", journal_.disk().pending_sectors());
        journal_.disk().cut_power(dice_, swarm_.corrupt_percent);
        if (projection_.is_running()) {
            projection_.kill(now_);
            at(now_ + static_cast<Nanos>(dice_.below(kRestartMax)), Kind::projector_start);
        }
    } else {
        marks_.hit(Mark::server_killed);
    }
    const Nanos least = std::max(now_, server_.busy_until());
    at(least + (is_healed_ ? 0 : static_cast<Nanos>(dice_.below(kRestartMax))), Kind::server_start);
}

// Whatever leaves the process must rest on what no crash takes back.
void World::answer_leaves(sequencer::PeerId peer, Bytes bytes, Nanos when) {
    const auto header = schema::decode_header(bytes);
    if (!header) return history_.violated("the server sends what is no message");
    if (server_.has_failed()) return history_.violated("it answers after its disk has failed");
    if (header->head > journal_.durable())
        return history_.violated("an answer rests on Seq " + std::to_string(header->head.value()) +
                                 " when only " + std::to_string(journal_.durable().value()) +
                                 " is durable");
    trace_.note(when, "answered", peer, header->correlation, digest(bytes));
    auto parcel = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
    const Nanos now = std::exchange(now_, when);
    to_network(Kind::to_client, peer, header->correlation, parcel);
    now_ = now;
}

}  // namespace daybook::simulation

#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "schema/message.h"

namespace daybook::simulation {

namespace {

constexpr Id128 kBook{{0xda, 0x1b}};
constexpr Stamp kFounded{1'772'366'400 * kSecond};
constexpr Nanos kLiveness = 10 * kSecond;
constexpr Nanos kHour = 3600 * kSecond;
// No run lasts longer: whatever is then still to be sent is not.
constexpr Nanos kSafetyMax = 2 * kHour;
// Fifty times as many as a run has that gets on.
constexpr std::uint64_t kEventsMax = 5'000'000;

bool is_later(const auto& one, const auto& other) {
    return one.at != other.at ? one.at > other.at : one.order > other.order;
}

}  // namespace

World::World(std::uint64_t seed, const std::filesystem::path& directory, bool is_printed,
             Marks& marks)
    : swarm_{seed},
      dice_{swarm_.dice.fork()},
      trace_{is_printed},
      marks_{marks},
      history_{marks},
      journal_{kBook, kFounded, marks},
      server_{journal_,
              swarm_,
              dice_.fork(),
              trace_,
              marks,
              [this](sequencer::PeerId peer, Bytes bytes, Nanos when) {
                  answer_leaves(peer, bytes, when);
              },
              [this](Bytes bytes) {
                  const auto header = schema::decode_header(bytes).value();
                  messages_[header.correlation - 1].durable_when_taken = journal_.durable();
              }},
      projection_{journal_, directory, dice_.fork(), history_, trace_, marks},
      workload_{swarm_, kBook, dice_.fork(), history_, marks},
      clients_(swarm_.clients),
      crashes_left_{swarm_.crashes} {}

void World::at(Nanos when, Kind kind, std::uint64_t who, std::uint64_t what, Parcel parcel) {
    events_.push_back({when, ++orders_, kind, who, what, std::move(parcel)});
    std::ranges::push_heap(events_, is_later<Event, Event>);
}

// One event; false when there is none left.
bool World::happens() {
    if (events_.empty()) return false;
    std::ranges::pop_heap(events_, is_later<Event, Event>);
    const Event event = std::move(events_.back());
    events_.pop_back();
    CHECK_INVARIANT(event.at >= now_, "time does not go back");
    now_ = event.at;
    handle(event);
    if (++handled_ > kEventsMax) history_.violated("it does the same again and again");
    return true;
}

void World::handle(const Event& event) {
    switch (event.kind) {
        case Kind::to_server:
            return arrive_at_server(event);
        case Kind::to_client:
            return arrive_at_client(event);
        case Kind::server_turn:
            if (event.at == turn_at_) server_turn();
            return;
        case Kind::server_start:
            return server_start();
        case Kind::client_sends:
            return client_sends(event.who);
        case Kind::client_resends:
            return resend(event.what);
        case Kind::projector_step:
            return project(event);
        case Kind::projector_start:
            if (projection_.is_running()) return;
            projection_.start(now_);
            ++projector_starts_;
            is_projector_awake_ = false;
            return wake_projector();
        case Kind::reader_reads:
            if (projection_.is_running()) projection_.read(now_);
            return at(
                now_ + 1 +
                    static_cast<Nanos>(dice_.below(static_cast<std::uint64_t>(swarm_.read_rest))),
                Kind::reader_reads);
        case Kind::kill:
        case Kind::kill_projector:
        case Kind::partition:
        case Kind::clock_jump:
        case Kind::io_error:
        case Kind::disk_full:
        case Kind::disk_free:
            if (!is_healed_) handle_fault(event);
    }
}

void World::wake_projector() {
    if (is_projector_awake_ || !projection_.is_running()) return;
    is_projector_awake_ = true;
    const auto rest = dice_.below(static_cast<std::uint64_t>(swarm_.projector_rest));
    at(now_ + 1 + static_cast<Nanos>(rest), Kind::projector_step, 0, projector_starts_);
}

void World::project(const Event& event) {
    if (!projection_.is_running() || event.what != projector_starts_) return;
    is_projector_awake_ = false;
    projection_.step(now_, is_healed_ ? 1000 : swarm_.projector_blocks);
    if (projection_.watermark() < journal_.durable()) wake_projector();
}

RunResult World::run() {
    trace_.note(0, "seed", swarm_.clients, swarm_.messages, swarm_.batch_max);
    plan_faults();
    at(0, Kind::server_start);
    at(0, Kind::projector_start);
    at(0, Kind::reader_reads);
    open_book();
    const auto goes_on = [&] { return !history_.violation() && happens(); };
    while (goes_on() && now_ < kSafetyMax) {
        if (begun_ >= swarm_.messages) break;
    }
    heal();
    while (!is_done() && goes_on()) {
        if (now_ <= deadline_) continue;
        history_.violated("after ten seconds without a fault " + std::to_string(undone_) +
                          " messages are not answered, and the projection is at " +
                          std::to_string(projection_.watermark().value()) + " of " +
                          std::to_string(journal_.durable().value()));
    }
    if (!is_done()) history_.violated("nothing happens any more");
    const Nanos simulated = now_;
    if (!history_.violation()) check();
    return {.violation = history_.violation(),
            .trace_hash = trace_.hash(),
            .events = trace_.events(),
            .simulated = simulated,
            .records = journal_.durable().value(),
            .answers = answers_,
            .crashes = crashes_,
            .io_errors = io_errors_};
}

void World::heal() {
    trace_.note(now_, "healed", journal_.durable().value());
    is_healed_ = true;
    swarm_.loss_percent = 0;
    swarm_.duplicate_percent = 0;
    swarm_.delay = std::min<Nanos>(swarm_.delay, 10 * kMillisecond);
    swarm_.projector_rest = std::min<Nanos>(swarm_.projector_rest, 10 * kMillisecond);
    for (Client& client : clients_)
        client.cut_off_until = 0;
    server_.mood = {.sync = std::min<Nanos>(swarm_.sync, 2 * kMillisecond),
                    .slow_sync_percent = 0,
                    .steps_to_error = 0,
                    .is_full = false};
    server_.lives_on();
    deadline_ = std::max(now_, server_.settled_at()) + kLiveness;
    if (!server_.is_running()) at(now_, Kind::server_start);
    if (!projection_.is_running()) at(now_, Kind::projector_start);
}

bool World::is_done() const {
    return undone_ == 0 && server_.is_running() && !server_.has_undurable() &&
           projection_.watermark() == journal_.durable();
}

void World::check() {
    projection_.read_all();
    Audit audit{journal_, history_, marks_};
    audit.walk();
    if (!history_.violation()) audit.compare_with(server_.core());
    if (!history_.violation()) audit.decide_again(swarm_.block_bytes_max);
    trace_.note(now_, "checked", audit.records(), history_.readings().size());
}

}  // namespace daybook::simulation

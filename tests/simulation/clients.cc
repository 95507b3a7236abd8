// The part of the world that is clients and network.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "ledger/outcome.h"
#include "schema/message.h"
#include "schema/receipts.h"
#include "tests/simulation/world.h"

namespace daybook::simulation {

namespace {

constexpr Nanos kPatienceMin = 30 * kMillisecond;
constexpr Nanos kPatienceMax = kSecond;
constexpr std::uint64_t kFlood = 1400;

}  // namespace

Message& World::new_message(std::uint64_t client, std::uint64_t& number) {
    messages_.emplace_back();
    number = messages_.size();
    messages_.back().client = client;
    ++clients_[client].on_the_way;
    ++undone_;
    return messages_.back();
}

void World::open_book() {
    std::uint64_t number = 0;
    Message& message = new_message(0, number);
    workload_.open_book(message, number);
    send(number);
}

void World::client_sends(std::uint64_t client) {
    Client& sender = clients_[client];
    if (is_healed_ || begun_ >= swarm_.messages) return;
    if (sender.on_the_way < swarm_.window) {
        ++begun_;
        std::uint64_t number = 0;
        Message& message = new_message(client, number);
        workload_.next(message, number, server_.wall_clock(now_));
        send(number);
    }
    const auto think = 1 + dice_.below(static_cast<std::uint64_t>(swarm_.think));
    at(now_ + static_cast<Nanos>(think), Kind::client_sends, client);
}

void World::flood(std::uint64_t client) {
    for (std::uint64_t i = 0; i < kFlood; ++i) {
        std::uint64_t number = 0;
        Message& message = new_message(client, number);
        workload_.small(message, number);
        send(number);
    }
}

Nanos World::patience(std::uint64_t tries) {
    const Nanos grown = kPatienceMin << std::min<std::uint64_t>(tries, 6);
    const Nanos most = std::min(grown + 2 * swarm_.delay, kPatienceMax);
    return most / 2 + static_cast<Nanos>(dice_.below(static_cast<std::uint64_t>(most / 2)));
}

void World::send(std::uint64_t number) {
    Message& message = messages_[number - 1];
    ++message.tries;
    trace_.note(now_, "sent", message.client, number, message.tries);
    // The message lives as long as the run.
    const Parcel parcel{std::shared_ptr<void>{}, &message.bytes};
    to_network(Kind::to_server, message.client, number, parcel);
    at(now_ + patience(message.tries), Kind::client_resends, message.client, number);
}

void World::resend(std::uint64_t number) {
    if (!messages_[number - 1].is_done) send(number);
}

void World::to_network(Kind kind, std::uint64_t client, std::uint64_t what, const Parcel& parcel) {
    const std::uint64_t copies = dice_.chance(swarm_.duplicate_percent) ? 2 : 1;
    if (copies == 2) marks_.hit(Mark::message_repeated_by_network);
    for (std::uint64_t i = 0; i < copies; ++i) {
        if (clients_[client].cut_off_until > now_ || dice_.chance(swarm_.loss_percent)) {
            marks_.hit(kind == Kind::to_client ? Mark::answer_lost : Mark::message_lost);
            continue;
        }
        const auto delay =
            20 * kMicrosecond +
            static_cast<Nanos>(dice_.below(static_cast<std::uint64_t>(swarm_.delay)));
        // A copy to the server is numbered, to see who overtakes whom.
        at(now_ + delay, kind, kind == Kind::to_server ? (++copies_ << 8) | client : client, what,
           parcel);
    }
}

void World::arrive_at_server(const Event& event) {
    const std::uint64_t client = event.who & 0xff;
    Client& sender = clients_[client];
    const std::uint64_t copy = event.who >> 8;
    if (copy < sender.newest_copy) marks_.hit(Mark::message_overtaken);
    sender.newest_copy = std::max(sender.newest_copy, copy);
    if (sender.cut_off_until > now_) return;
    if (!server_.deliver(client, *event.parcel)) return;
    wake_server(std::max(now_ + 1, server_.busy_until()));
}

void World::arrive_at_client(const Event& event) {
    if (clients_[event.who].cut_off_until > now_) return;
    const Bytes bytes{*event.parcel};
    const auto header = schema::decode_header(bytes).value();
    Message& message = messages_.at(header.correlation - 1);
    trace_.note(now_, "received", event.who, header.correlation);
    if (header.kind == schema::MessageKind::receipts)
        return take_receipts(message, header.correlation, bytes, header.head);
    const auto refusal = schema::decode_refusal(bytes);
    if (!refusal) return history_.violated("an answer is neither receipts nor a refusal");
    if (refusal->code == code_of(Refusal::overloaded)) {
        marks_.hit(Mark::overloaded_refused);
    } else if (refusal->code == code_of(Refusal::disk_nearly_full)) {
        marks_.hit(Mark::disk_nearly_full_refused);
    } else {
        history_.violated("a well-formed message is refused as " +
                          std::string{name_of_code(refusal->code)});
    }
}

void World::take_receipts(Message& message, std::uint64_t number, Bytes bytes, Seq head) {
    const auto receipts = schema::decode_receipts(bytes);
    if (!receipts) return history_.violated("receipts cannot be read");
    if (message.kind == schema::MessageKind::outcomes) {
        if (receipts->size() != message.keys.size())
            return history_.violated("an answer has another number of outcomes");
        take_outcomes(message, *receipts, head);
        return finish(message);
    }
    if (message.is_dry_run) {
        marks_.hit(Mark::dry_run_answered);
        return finish(message);
    }
    if (receipts->size() != message.asks.size())
        return history_.violated("an answer has another number of receipts");
    bool is_certain = true;
    for (std::size_t i = 0; i < receipts->size(); ++i) {
        const schema::Receipt& receipt = (*receipts)[i];
        is_certain = is_certain && is_definitive(receipt);
        if (receipt.is_replay && receipt.seq <= before_start_)
            marks_.hit(Mark::repeat_after_restart);
        if (receipt.is_replay && receipt.seq >= survivors_from_ && receipt.seq <= survivors_to_)
            marks_.hit(Mark::repeat_of_survivor_answered);
        const bool is_news = !history_.of(message.asks[i]).answer && is_definitive(receipt);
        history_.answered(message.asks[i], receipt, head, message.durable_when_taken);
        if (!is_news) continue;
        ++answers_;
        workload_.note(message, i, receipt);
    }
    trace_.note(now_, "receipts", number, receipts->size());
    if (is_certain) finish(message);
}

void World::take_outcomes(const Message& message, const std::vector<schema::Receipt>& receipts,
                          Seq head) {
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        const schema::Receipt& receipt = receipts[i];
        if (receipt.verdict == Verdict::not_seen) {
            marks_.hit(Mark::outcome_not_seen);
            if (receipt.seq > head)
                history_.violated("not seen up to a Seq that the answer does not rest on");
            history_.not_seen({message.keys[i], message.producer}, receipt.seq);
        } else {
            marks_.hit(Mark::outcome_found);
            history_.outcome({message.keys[i], message.producer}, receipt);
        }
    }
}

void World::finish(Message& message) {
    if (std::exchange(message.is_done, true)) return;
    --undone_;
    --clients_[message.client].on_the_way;
    if (is_open_) return;
    is_open_ = true;
    for (std::uint64_t client = 0; client < clients_.size(); ++client)
        at(now_ + static_cast<Nanos>(dice_.below(static_cast<std::uint64_t>(swarm_.think))),
           Kind::client_sends, client);
    if (swarm_.has_flood) flood(dice_.below(clients_.size()));
}

}  // namespace daybook::simulation

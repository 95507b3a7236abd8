#include "http/command_lane.h"

#include <algorithm>
#include <span>
#include <utility>

#include <spdlog/spdlog.h>

namespace daybook::http {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t kCommandsAtOnce = 1000;
constexpr std::size_t kBytesAtOnce = std::size_t{512} << 10;
// The sequencer decides one while the other is made durable.
constexpr std::size_t kMessagesInFlight = 2;
// How long it may take until commands that came meanwhile are looked at.
constexpr milliseconds kPoll{1};
// By then a message has been sent twice.
constexpr milliseconds kSilence{3000};
constexpr milliseconds kLookForLate{250};

}  // namespace

CommandLane::CommandLane(const Options& options, const asio::any_io_executor& executor,
                         TheBook& book)
    : options_{options}, executor_{executor}, book_{book}, thread_{[this] { run(); }} {}

CommandLane::~CommandLane() {
    stop();
}

void CommandLane::stop() {
    {
        const std::lock_guard lock{mutex_};
        is_stopping_ = true;
    }
    arrived_.notify_all();
    if (thread_.joinable()) thread_.join();
    queues_.clear();
    sent_.clear();
}

std::expected<CommandLane::Encoded, CommandLane::TooLarge> CommandLane::encode(
    const std::vector<Command>& commands) {
    Encoded encoded;
    encoded.keys.reserve(commands.size());
    for (const auto& command : commands) {
        const Bytes bytes = encoder_.encode(command);
        if (!encoder_.fits()) return std::unexpected{TooLarge{encoded.keys.size()}};
        schema::append_frame(encoded.frames, bytes);
        encoded.keys.push_back(key_of(command));
    }
    const bool fits =
        encoded.frames.size() <= schema::kMessageBytesMax - schema::kMessageHeaderBytes;
    if (!fits) return std::unexpected{TooLarge{}};
    return encoded;
}

CommandLane::Taken CommandLane::submit(ProducerId producer, Encoded commands, Deadline deadline,
                                       std::shared_ptr<Waiting<Receipts>> waiting) {
    if (!is_connected_) return Taken::not_connected;
    const std::size_t count = commands.keys.size();
    const std::size_t bytes = commands.frames.size();
    const auto& caps = options_.caps;
    {
        const std::lock_guard lock{mutex_};
        const bool is_full = waiting_ + count > caps.commands_waiting_max ||
                             waiting_bytes_ + bytes > caps.waiting_bytes_max;
        if (is_full) return Taken::full;
        const auto own = queues_.find(producer);
        const std::size_t waits = own == queues_.end() ? 0 : own->second.commands;
        if (waits + count > caps.commands_of_producer_max) return Taken::full_for_producer;
        for (const auto& key : commands.keys)
            under_way_.emplace(key, producer);
        auto& queue = queues_[producer];
        queue.items.push_back({std::move(commands), deadline, std::move(waiting)});
        queue.commands += count;
        waiting_ += count;
        waiting_bytes_ += bytes;
    }
    arrived_.notify_one();
    return Taken::yes;
}

std::size_t CommandLane::Message::command_count() const {
    std::size_t count = 0;
    for (const auto& item : items)
        count += item.count();
    return count;
}

bool CommandLane::connect() {
    gateway::ClientOptions options;
    options.endpoint = options_.sequencer;
    options.connect_within = milliseconds{500};
    options.wants_touches = true;
    // Who asked is told at once, and when to come again; what waits for a refusal to pass would
    // look like silence.
    options.waits_when_refused = false;
    auto client = book_.check(gateway::CommandClient::connect(options), options.endpoint);
    if (client) {
        client_ = *std::move(client);
        head_ = std::max(head_.load(), client_->head_at_connect().value());
        is_connected_ = true;
        spdlog::info("commands go to {}", options_.sequencer);
        return true;
    }
    std::unique_lock lock{mutex_};
    arrived_.wait_for(lock, milliseconds{200}, [this] { return is_stopping_; });
    return false;
}

void CommandLane::run() {
    for (;;) {
        {
            const std::lock_guard lock{mutex_};
            if (is_stopping_) return;
        }
        for (auto& late : take_late()) {
            give(std::move(late), std::vector<Receipts>(1, fail(ErrorCode::unreachable, "late")));
        }
        if (!client_ && !connect()) continue;
        while (is_connected_ && sent_.size() < kMessagesInFlight) {
            auto message = gather(sent_.empty());
            if (message.items.empty()) break;
            send(std::move(message));
        }
        if (sent_.empty()) continue;
        if (const auto completed = client_->poll(kPoll)) complete(*completed);
        note_silence();
    }
}

void CommandLane::note_silence() {
    if (sent_.empty()) {
        // What was in flight was given up: only a new connection tells whether somebody is there.
        if (!is_connected_) client_.reset();
        return;
    }
    const auto oldest = sent_.begin()->second.sent_at;
    if (!is_connected_ || std::chrono::steady_clock::now() - oldest < kSilence) return;
    is_connected_ = false;
    spdlog::warn("no answer from {}", options_.sequencer);
}

std::vector<CommandLane::Message> CommandLane::take_late() {
    std::vector<Message> late;
    const auto now = std::chrono::steady_clock::now();
    if (now < look_at_) return late;
    look_at_ = now + kLookForLate;
    const std::lock_guard lock{mutex_};
    for (auto next = queues_.begin(); next != queues_.end();) {
        auto& [producer, queue] = *next;
        Message message{producer, {}};
        std::erase_if(queue.items, [&](Item& item) {
            if (item.deadline > now) return false;
            queue.commands -= item.count();
            waiting_ -= item.count();
            waiting_bytes_ -= item.bytes();
            message.items.push_back(std::move(item));
            return true;
        });
        if (!message.items.empty()) late.push_back(std::move(message));
        next = queue.items.empty() ? queues_.erase(next) : std::next(next);
    }
    return late;
}

CommandLane::Message CommandLane::gather(bool must_wait) {
    std::unique_lock lock{mutex_};
    if (must_wait) {
        arrived_.wait(lock, [this] { return is_stopping_ || waiting_ > 0; });
    }
    if (is_stopping_) return {};
    auto next = queues_.upper_bound(last_);
    if (next == queues_.end()) next = queues_.begin();
    if (next == queues_.end()) return {};
    Message message{next->first, {}};
    last_ = next->first;
    std::size_t count = 0;
    std::size_t bytes = 0;
    auto& queue = next->second;
    while (!queue.items.empty()) {
        const auto& item = queue.items.front();
        const bool fits =
            count + item.count() <= kCommandsAtOnce && bytes + item.bytes() <= kBytesAtOnce;
        if (!fits && count > 0) break;
        count += item.count();
        bytes += item.bytes();
        message.items.push_back(std::move(queue.items.front()));
        queue.items.pop_front();
    }
    queue.commands -= count;
    if (queue.items.empty()) queues_.erase(next);
    waiting_ -= count;
    waiting_bytes_ -= bytes;
    in_flight_ += count;
    return message;
}

void CommandLane::send(Message message) {
    std::vector<gateway::CommandClient::Encoded> lists;
    for (const auto& item : message.items)
        lists.push_back({item.commands.frames, item.count()});
    client_->act_for(message.producer);
    const auto ticket = client_->submit(std::span<const gateway::CommandClient::Encoded>{lists});
    if (ticket && *ticket) {
        message.sent_at = std::chrono::steady_clock::now();
        sent_.emplace(**ticket, std::move(message));
        return;
    }
    in_flight_ -= message.command_count();
    const Error error =
        ticket ? Error{ErrorCode::try_again, "overloaded: the window is full"} : ticket.error();
    give(std::move(message), std::vector<Receipts>(1, std::unexpected{error}));
}

void CommandLane::complete(const gateway::Completed& completed) {
    const auto found = sent_.find(completed.ticket);
    if (found == sent_.end()) return;
    auto message = std::move(found->second);
    const auto& items = message.items;
    sent_.erase(found);
    latencies_.note(completed.latency, std::chrono::steady_clock::now());
    const std::size_t count = message.command_count();
    in_flight_ -= count;
    answered_ += count;
    const bool is_answered =
        completed.receipts || completed.receipts.error().code != ErrorCode::unreachable;
    is_connected_ = is_answered && !client_->met_other_book();
    // Those that are still in flight have been heard as little as this one until now.
    for (auto& [ticket, other] : sent_)
        other.sent_at = std::chrono::steady_clock::now();
    if (!completed.receipts) {
        const Unanswered why{completed.receipts.error(), client_->retry_after()};
        spdlog::warn("commands were not taken: {}", why.detail);
        give(std::move(message), std::vector<Receipts>(1, std::unexpected{why}));
        return;
    }
    std::vector<Receipts> outcomes;
    auto receipt = completed.receipts->begin();
    std::uint64_t head = head_;
    for (const auto& item : items) {
        std::vector<schema::Receipt> own;
        for (std::size_t i = 0; i < item.count(); ++i, ++receipt) {
            head = std::max(head, receipt->seq.value());
            own.push_back(*receipt);
        }
        outcomes.emplace_back(std::move(own));
    }
    head_ = head;
    give(std::move(message), std::move(outcomes));
}

// One outcome for each, or one for all.
void CommandLane::give(Message message, std::vector<Receipts> outcomes) {
    asio::post(executor_,
               [this, message = std::move(message), outcomes = std::move(outcomes)]() mutable {
                   auto& items = message.items;
                   for (std::size_t i = 0; i < items.size(); ++i) {
                       for (const auto& key : items[i].commands.keys) {
                           const auto place = under_way_.find({key, message.producer});
                           if (place != under_way_.end()) under_way_.erase(place);
                       }
                       const bool is_own = outcomes.size() == items.size();
                       items[i].waiting->give(is_own ? std::move(outcomes[i]) : outcomes.front());
                   }
               });
}

}  // namespace daybook::http

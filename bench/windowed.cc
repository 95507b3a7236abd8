#include "bench/windowed.h"

#include <algorithm>
#include <map>
#include <thread>

#include "bench/pace.h"
#include "schema/message.h"

namespace daybook::bench {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class Windowed {
public:
    Windowed(Cargo& cargo, Sheet& sheet, gateway::CommandClient& client)
        : cargo_{cargo}, sheet_{sheet}, client_{client} {}

    // Sends `messages` and waits for all answers; `latency` may be null.
    Result<void> send(std::uint64_t messages, const Pace& pace, Histogram* latency) {
        std::uint64_t sent = 0;
        const auto has_more = [&] {
            return (messages == 0 || sent < messages) && sheet_.must_end == 0;
        };
        while (has_more() || client_.in_flight() > 0) {
            const auto due = pace.due(sent);
            const auto now = steady_clock::now();
            const bool is_due = has_more() && (!due || *due <= now);
            const auto submitted = is_due ? submit(due.value_or(now)) : Result<bool>{false};
            if (!submitted) return std::unexpected{submitted.error()};
            if (*submitted) {
                ++sent;
                continue;
            }
            auto taken =
                take_answer(has_more() && !is_due ? *due - now : milliseconds{100}, latency);
            if (!taken) return taken;
        }
        return {};
    }

private:
    // False when the window is full.
    Result<bool> submit(steady_clock::time_point due) {
        if (!is_filled_) cargo_.fill();
        is_filled_ = true;
        const auto ticket = cargo_.submit(client_);
        if (!ticket) return std::unexpected{ticket.error()};
        if (!ticket->has_value()) return false;
        due_.emplace(**ticket, due);
        is_filled_ = false;
        return true;
    }

    // Waits for `at_most` if there is nothing yet.
    Result<void> take_answer(std::chrono::nanoseconds at_most, Histogram* latency) {
        // The client waits in whole milliseconds; the next message is due to the microsecond.
        const auto wait = std::chrono::floor<milliseconds>(at_most) - milliseconds{1};
        const auto completed = client_.poll(std::max(wait, milliseconds{0}));
        if (!completed) {
            const bool is_short = wait <= milliseconds{0} || client_.in_flight() == 0;
            if (is_short)
                std::this_thread::sleep_for(
                    std::min<std::chrono::nanoseconds>(at_most, microseconds{100}));
            return {};
        }
        if (!completed->receipts) return std::unexpected{completed->receipts.error()};
        const auto accepted = static_cast<std::uint64_t>(
            std::ranges::count(*completed->receipts, Verdict::accepted, &schema::Receipt::verdict));
        sheet_.done += accepted;
        sheet_.others += completed->receipts->size() - accepted;
        const auto due = due_.extract(completed->ticket);
        if (latency != nullptr) latency->add(steady_clock::now() - due.mapped());
        cargo_.take(completed->ticket, *completed->receipts);
        return {};
    }

    Cargo& cargo_;
    Sheet& sheet_;
    gateway::CommandClient& client_;
    std::map<gateway::Ticket, steady_clock::time_point> due_;
    bool is_filled_ = false;
};

}  // namespace

Result<void> run_windowed(const WindowedShift& shift, Cargo& cargo, Sheet& sheet) {
    gateway::ClientOptions options;
    options.endpoint = shift.endpoint;
    options.messages_max = shift.window;
    options.bytes_max = shift.window * schema::kMessageBytesMax;
    const auto client = gateway::CommandClient::connect(options);
    if (!client) return std::unexpected{client.error()};
    Windowed producer{cargo, sheet, **client};
    auto warm = producer.send(std::max<std::uint64_t>(shift.warm_up_messages, 1), {}, nullptr);
    if (!warm) return warm;
    const auto started = await_start(sheet);
    const Pace pace =
        shift.interval.count() == 0 ? Pace{} : Pace{started + shift.offset, shift.interval};
    return producer.send(shift.messages, pace, &sheet.latency);
}

Result<void> hire_windowed(
    Crew& crew, unsigned producers, WindowedShift shift, double rate,
    const std::function<std::unique_ptr<Cargo>(unsigned producer)>& make_cargo) {
    if (rate > 0) {
        const std::chrono::duration<double> interval{producers / rate};
        shift.interval = std::chrono::duration_cast<std::chrono::nanoseconds>(interval);
    }
    for (unsigned i = 0; i < producers; ++i) {
        shift.offset = shift.interval * i / producers;
        auto hired = crew.hire([&](Sheet& sheet) {
            const auto cargo = make_cargo(i);
            return run_windowed(shift, *cargo, sheet);
        });
        if (!hired) return hired;
    }
    return {};
}

}  // namespace daybook::bench

// Waiting: a coroutine of the HTTP thread that waits, up to a deadline, for a value that another
// thread gives. Waits: all that wait, so that they can be ended together. Private to http/'s
// sources.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <utility>

namespace daybook::http {

namespace asio = boost::asio;
using Deadline = std::chrono::steady_clock::time_point;

// The HTTP thread's.
class Waits {
public:
    explicit Waits(asio::any_io_executor executor) : executor_{std::move(executor)} {}

    const asio::any_io_executor& executor() const { return executor_; }
    // From now on nobody waits: who does goes on without a value, at once.
    void end() {
        are_over_ = true;
        for (auto* timer : timers_)
            timer->cancel();
    }
    bool are_over() const { return are_over_; }

    // One more that waits, while it lives.
    class Place {
    public:
        Place(Waits& waits, asio::steady_timer& timer)
            : timers_{waits.timers_}, at_{timers_.insert(timers_.end(), &timer)} {}
        ~Place() { timers_.erase(at_); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        Place(Place&&) = delete;
        Place& operator=(Place&&) = delete;

    private:
        std::list<asio::steady_timer*>& timers_;
        std::list<asio::steady_timer*>::iterator at_;
    };

private:
    asio::any_io_executor executor_;
    std::list<asio::steady_timer*> timers_;
    bool are_over_ = false;
};

template <typename T>
class Waiting {
public:
    explicit Waiting(Waits& waits) : waits_{waits}, timer_{waits.executor()} {}

    // From any thread: false once the deadline has passed, so that nobody needs to work for it.
    bool is_wanted() const { return is_wanted_; }

    // On the HTTP thread.
    void give(T value) {
        value_ = std::move(value);
        timer_.cancel();
    }
    // From any thread.
    static void post(const std::shared_ptr<Waiting>& waiting, T value) {
        asio::post(waiting->timer_.get_executor(), [waiting, value = std::move(value)]() mutable {
            waiting->give(std::move(value));
        });
    }

    // Nothing when the deadline passes first, or waiting is over; the value may still come, and is
    // dropped.
    static asio::awaitable<std::optional<T>> wait(std::shared_ptr<Waiting> waiting,
                                                  Deadline deadline) {
        if (!waiting->value_ && !waiting->waits_.are_over()) {
            waiting->timer_.expires_at(deadline);
            const Waits::Place place{waiting->waits_, waiting->timer_};
            co_await waiting->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        waiting->is_wanted_ = false;
        co_return std::exchange(waiting->value_, std::nullopt);
    }

private:
    Waits& waits_;
    std::atomic<bool> is_wanted_ = true;
    asio::steady_timer timer_;
    std::optional<T> value_;
};

}  // namespace daybook::http

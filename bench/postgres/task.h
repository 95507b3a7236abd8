// Task: a coroutine that begins when it is awaited or started, and belongs to whoever holds the
// object. The driver's own thread runs all of them.
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

namespace daybook::bench {

template <typename T>
class Task {
public:
    struct promise_type {
        T value{};
        std::coroutine_handle<> waiting = std::noop_coroutine();

        Task get_return_object() {
            return Task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept {
            struct Resume {
                bool await_ready() noexcept { return false; }
                std::coroutine_handle<> await_suspend(
                    std::coroutine_handle<promise_type> done) noexcept {
                    return done.promise().waiting;
                }
                void await_resume() noexcept {}
            };
            return Resume{};
        }
        void return_value(T result) { value = std::move(result); }
        // Nothing here throws but for want of memory.
        void unhandled_exception() { std::terminate(); }
    };

    Task(Task&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (handle_) handle_.destroy();
    }

    // Of a task nobody awaits.
    void start() { handle_.resume(); }
    bool is_done() const { return handle_.done(); }
    const T& value() const { return handle_.promise().value; }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
        handle_.promise().waiting = waiting;
        return handle_;
    }
    T await_resume() { return std::move(handle_.promise().value); }

private:
    explicit Task(std::coroutine_handle<promise_type> handle) : handle_{handle} {}

    std::coroutine_handle<promise_type> handle_;
};

}  // namespace daybook::bench

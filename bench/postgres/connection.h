// Connection: one non-blocking libpq connection with prepared statements, awaited by tasks.
// Reactor: waits for all connections at once. Both are the driver thread's.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

struct pg_conn;
struct pg_result;

namespace daybook::bench {

// Each statement's text by its name, from a file with lines `-- name: NAME`.
using Statements = std::map<std::string, std::string>;
Result<Statements> read_statements(const std::filesystem::path& file);

// Values for $1, $2 … in PostgreSQL's binary form.
class Parameters {
public:
    Parameters& add(const Id128& uuid);
    Parameters& add(std::int32_t value);
    Parameters& add(std::int64_t value);
    Parameters& add(std::string array) { return append(std::move(array)); }
    const std::vector<std::string>& values() const { return values_; }

private:
    Parameters& append(std::string bytes);
    std::vector<std::string> values_;
};

// One-dimensional arrays in the binary form.
std::string array_of(std::span<const Id128> values);
std::string array_of(std::span<const std::int32_t> values);
std::string array_of(std::span<const std::int64_t> values);

class Answer {
public:
    Answer() = default;
    explicit Answer(pg_result* result);

    bool is_ok() const;
    // Five characters; empty when it is fine.
    std::string sqlstate() const;
    std::string message() const;
    int rows() const;
    // An integer of any width.
    std::int64_t at(int row, int column) const;

private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

class Connection {
public:
    // Blocks. Prepares all `statements`.
    static Result<std::unique_ptr<Connection>> open(const std::string& conninfo,
                                                    const Statements& statements);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    Connection(Connection&&) = delete;
    Connection& operator=(Connection&&) = delete;

    class Execution {
    public:
        Execution(Connection& connection, bool is_sent)
            : connection_{connection}, is_sent_{is_sent} {}
        bool await_ready() const noexcept { return !is_sent_; }
        void await_suspend(std::coroutine_handle<> waiting) { connection_.waiting_ = waiting; }
        Answer await_resume() { return std::move(connection_.answer_); }

    private:
        Connection& connection_;
        bool is_sent_;
    };
    // Sends at once; await it for the answer. One at a time.
    Execution execute(const char* statement, const Parameters& parameters = {});

    // Several statements on their way, each a transaction of its own: answers come in order through
    // `take_answer`.
    bool enter_pipeline();
    bool send_in_pipeline(const char* statement, const Parameters& parameters);
    // Waits up to `timeout`; false when none has come.
    bool take_answer(Answer& answer, std::chrono::milliseconds timeout);

    // Blocks.
    Answer ask(const std::string& sql);

    int fd() const;
    // Reads what has come, and resumes the task whose answer is complete.
    void on_readable();

private:
    explicit Connection(pg_conn* connection) : connection_{connection} {}
    bool send(const char* statement, const Parameters& parameters);
    void flush();

    pg_conn* connection_;
    std::coroutine_handle<> waiting_;
    Answer answer_;
};

class Reactor {
public:
    Reactor();
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;
    Reactor(Reactor&&) = delete;
    Reactor& operator=(Reactor&&) = delete;

    void watch(Connection& connection) const;
    // Serves what is ready; waits for it up to `timeout`.
    void turn(std::chrono::milliseconds timeout) const;

private:
    int epoll_;
};

}  // namespace daybook::bench

// Workers: threads that ask blocking questions for the HTTP thread, each with a client of its own.
// A bounded queue before them. Private to http/'s sources.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/waiting.h"

namespace daybook::http {

template <typename Client>
class Workers {
public:
    using Connect = std::function<Result<std::unique_ptr<Client>>()>;
    // On a worker's thread. Null: nobody answers; the error says why.
    using Job = std::function<void(Result<Client*>)>;

    Workers(std::size_t threads, std::size_t waiting_max, Connect connect)
        : waiting_max_{waiting_max}, connect_{std::move(connect)} {
        for (std::size_t i = 0; i < threads; ++i)
            threads_.emplace_back([this] { run(); });
    }
    ~Workers() { stop(); }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    Workers(Workers&&) = delete;
    Workers& operator=(Workers&&) = delete;

    // Waits for the threads, and drops what waits. Nothing is submitted afterwards.
    void stop() {
        {
            const std::lock_guard lock{mutex_};
            is_stopping_ = true;
        }
        arrived_.notify_all();
        for (auto& thread : threads_)
            thread.join();
        threads_.clear();
        jobs_.clear();
    }

    // False: too many wait.
    bool submit(Job job) {
        {
            const std::lock_guard lock{mutex_};
            if (jobs_.size() >= waiting_max_) return false;
            jobs_.push_back(std::move(job));
        }
        arrived_.notify_one();
        return true;
    }

private:
    void run() {
        std::unique_ptr<Client> client;
        for (;;) {
            Job job;
            {
                std::unique_lock lock{mutex_};
                arrived_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
                if (is_stopping_) return;
                job = std::move(jobs_.front());
                jobs_.pop_front();
            }
            if (!client) {
                auto connected = connect_();
                if (!connected) {
                    job(std::unexpected{connected.error()});
                    continue;
                }
                client = *std::move(connected);
            }
            job(client.get());
            // Whose it is now, is for whoever connects to say.
            if (client->met_other_book()) client.reset();
        }
    }

    std::size_t waiting_max_;
    Connect connect_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<Job> jobs_;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace daybook::http

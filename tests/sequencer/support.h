// A sequencer in a thread of this process, on a journal in a temporary directory.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "gateway/command_client.h"
#include "journal/environment.h"
#include "journal/reader.h"
#include "sequencer/sequencer.h"

namespace daybook::tests {

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "daybook-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    TemporaryDirectory(TemporaryDirectory&&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// A clock that says what the test wants. Any thread.
class SetClock final : public Clock {
public:
    explicit SetClock(Stamp stamp) : stamp_{stamp} {}
    Stamp now() override { return stamp_; }
    void set(Stamp stamp) { stamp_ = stamp; }

private:
    std::atomic<Stamp> stamp_;
};

inline Id128 id_of(std::uint8_t first, std::uint8_t last = 0) {
    Id128 id;
    id.bytes[0] = first;
    id.bytes[15] = last;
    return id;
}

// Key number `n` of the test; never none.
inline Id128 key_of_number(std::uint64_t n) {
    Id128 id = id_of(0x7e);
    for (std::size_t i = 8; i < 16; ++i, n >>= 8)
        id.bytes.at(i) = static_cast<std::uint8_t>(n);
    return id;
}

class RunningSequencer {
public:
    explicit RunningSequencer(const std::filesystem::path& directory, Clock* clock = nullptr,
                              std::uint64_t disk_reserve_bytes = 0)
        : directory_{directory} {
        if (!journal::Environment::exists(directory / "journal")) {
            REQUIRE(
                journal::Environment::create(directory / "journal", id_of(0xb0, 0x0c), Stamp{1}));
        }
        auto environment =
            journal::Environment::open(directory / "journal", journal::Access::read_write);
        REQUIRE(environment);
        environment_ = *environment;
        sequencer::Options options;
        options.listen = endpoint();
        options.feed = feed_endpoint();
        options.state = directory / "state";
        options.disk_reserve_bytes = disk_reserve_bytes;
        auto opened = sequencer::Sequencer::open(environment_, options,
                                                 clock == nullptr ? system_clock_ : *clock);
        REQUIRE(opened);
        sequencer_ = *std::move(opened);
        thread_ = std::thread{[this] { outcome_ = sequencer_->run(); }};
    }
    ~RunningSequencer() { stop(); }
    RunningSequencer(const RunningSequencer&) = delete;
    RunningSequencer& operator=(const RunningSequencer&) = delete;
    RunningSequencer(RunningSequencer&&) = delete;
    RunningSequencer& operator=(RunningSequencer&&) = delete;

    void stop() {
        if (!thread_.joinable()) return;
        sequencer_->stop();
        thread_.join();
        CHECK(outcome_.has_value());
    }

    std::string endpoint() const { return "ipc://" + (directory_ / "commands").string(); }
    std::string feed_endpoint() const { return "ipc://" + (directory_ / "feed").string(); }
    const std::shared_ptr<journal::Environment>& environment() const { return environment_; }

    std::unique_ptr<gateway::CommandClient> connect(bool wants_touches = false) const {
        gateway::ClientOptions options;
        options.endpoint = endpoint();
        options.wants_touches = wants_touches;
        options.give_up_after = std::chrono::seconds{10};
        // A start may have a long backlog to expire, and the machine other work.
        options.connect_within = std::chrono::seconds{60};
        auto client = gateway::CommandClient::connect(options);
        REQUIRE(client);
        return *std::move(client);
    }

private:
    std::filesystem::path directory_;
    SystemClock system_clock_;
    std::shared_ptr<journal::Environment> environment_;
    std::unique_ptr<sequencer::Sequencer> sequencer_;
    Result<void> outcome_;
    std::thread thread_;
};

// Defines USD and opens `bank` (number 1, asset, no limits) and `alice`, `bob` (2 and 3,
// liabilities, no overdraft).
inline void open_accounts(gateway::CommandClient& client) {
    const auto accepted = [&](const Command& command) {
        const auto receipt = client.execute(command);
        REQUIRE(receipt);
        REQUIRE(receipt->verdict == Verdict::accepted);
    };
    accepted(DefineAsset{id_of(1), "USD", 2});
    accepted(OpenAccount{id_of(2), "bank", "USD", AccountType::asset, {}});
    const Limits no_overdraft{SignedAmount{}, std::nullopt};
    accepted(OpenAccount{id_of(3), "alice", "USD", AccountType::liability, no_overdraft});
    accepted(OpenAccount{id_of(4), "bob", "USD", AccountType::liability, no_overdraft});
}

inline Transfer transfer(const Id128& key, std::uint64_t debit, std::uint64_t credit,
                         std::uint64_t amount) {
    return Transfer{key, AccountNumber{debit}, AccountNumber{credit}, Amount{amount}, {}, {}};
}

}  // namespace daybook::tests

#include "bench/process.h"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "bench/server.h"
#include "bench/shared_array.h"

namespace daybook::bench {

TEST_CASE("a child's work shows in shared memory and its end in its status", "[bench]") {
    const auto shared = SharedArray<std::atomic<int>>::create(1);
    REQUIRE(shared);
    auto& value = shared->all()[0];
    for (const int wanted : {0, 3}) {
        auto child = Process::fork_to([&] {
            value = 42 + wanted;
            return wanted;
        });
        REQUIRE(child);
        child->wait();
        CHECK(value == 42 + wanted);
        CHECK(child->has_succeeded() == (wanted == 0));
    }
}

TEST_CASE("a child ends with the object that stands for it", "[bench]") {
    pid_t id = 0;
    {
        auto child = Process::fork_to([] {
            pause();
            return 0;
        });
        REQUIRE(child);
        id = child->id();
        CHECK(child->is_running());
        CHECK(kill(id, 0) == 0);
    }
    CHECK(kill(id, 0) != 0);
}

TEST_CASE("a stop signal is kept until somebody looks", "[bench]") {
    StopSignals signals;
    CHECK_FALSE(signals.has_come());
    REQUIRE(kill(getpid(), SIGTERM) == 0);
    CHECK(signals.has_come());
    CHECK(signals.has_come());
}

TEST_CASE("a temporary directory goes with its owner", "[bench]") {
    std::filesystem::path path;
    {
        const auto directory = TemporaryDirectory::create(std::filesystem::temp_directory_path());
        REQUIRE(directory);
        path = directory->path();
        CHECK(std::filesystem::is_directory(path));
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a server that cannot start is told with its own words", "[bench]") {
    const auto directory = TemporaryDirectory::create(std::filesystem::temp_directory_path());
    REQUIRE(directory);
    const auto server = Server::start("/bin/false", directory->path());
    REQUIRE_FALSE(server.has_value());
    CHECK(server.error().detail.find("it wrote nothing") != std::string::npos);
}

}  // namespace daybook::bench

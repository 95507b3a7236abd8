#include "bench/target.h"

#include <system_error>
#include <utility>

#include "bench/accounts.h"
#include "bench/audit.h"
#include "bench/environment.h"
#include "gateway/command_client.h"

namespace daybook::bench {

namespace {

Result<std::unique_ptr<gateway::CommandClient>> connect(const std::string& endpoint) {
    gateway::ClientOptions options;
    options.endpoint = endpoint;
    return gateway::CommandClient::connect(options);
}

}  // namespace

Result<std::unique_ptr<Target>> Target::start(const Place& place, double bytes) {
    const auto has_room = check_room(place.dir, bytes);
    if (!has_room) return std::unexpected{has_room.error()};
    std::unique_ptr<Target> target{new Target};
    auto directory = TemporaryDirectory::create(place.dir);
    if (!directory) return std::unexpected{directory.error()};
    target->directory_.emplace(*std::move(directory));
    target->endpoint_ = place.endpoint;
    target->data_ = place.data;
    if (!place.endpoint.empty()) return target;
    auto server = Server::start(place.binary, target->directory_->path());
    if (!server) return std::unexpected{server.error()};
    target->server_.emplace(*std::move(server));
    target->endpoint_ = target->server_->endpoint();
    target->data_ = target->server_->data();
    return target;
}

std::filesystem::path Target::scratch() const {
    std::error_code ignored;
    auto path = directory_->path() / "floor";
    std::filesystem::remove_all(path, ignored);
    std::filesystem::create_directories(path, ignored);
    return path;
}

Result<Seq> Target::head() {
    const auto client = connect(endpoint_);
    if (!client) return std::unexpected{client.error()};
    return (*client)->head_at_connect();
}

Result<Id128> Target::book() const {
    const auto client = connect(endpoint_);
    if (!client) return std::unexpected{client.error()};
    return (*client)->book();
}

Result<std::vector<AccountNumber>> Target::open_accounts(std::uint64_t count) {
    const auto client = connect(endpoint_);
    if (!client) return std::unexpected{client.error()};
    constexpr std::uint64_t kBetweenLooks = 50'000;
    std::vector<AccountNumber> numbers;
    numbers.reserve(count);
    while (numbers.size() < count) {
        std::vector<OpenAccount> wanted(std::min(kBetweenLooks, count - numbers.size()));
        for (std::size_t i = 0; i < wanted.size(); ++i)
            wanted[i].code = "transfers:" + std::to_string(numbers.size() + i);
        const auto opened = bench::open_accounts(**client, wanted);
        if (!opened) return std::unexpected{opened.error()};
        numbers.insert(numbers.end(), opened->begin(), opened->end());
        const auto watched = watch();
        if (!watched) return std::unexpected{watched.error()};
    }
    return numbers;
}

Result<void> Target::watch_signals() {
    if (stop_signals_.has_come()) return fail(ErrorCode::try_again, "stopped by a signal");
    return {};
}

Result<void> Target::watch() {
    auto watched = watch_signals();
    if (!watched) return watched;
    if (server_ && !server_->is_running()) {
        return fail(ErrorCode::io_failed, "the server ended: " + server_->last_words());
    }
    return {};
}

Result<std::vector<std::string>> Target::settle() {
    std::vector<std::string> findings;
    if (data_.empty()) return findings;
    const auto durable = head();
    if (!durable) return std::unexpected{durable.error()};
    const auto cut = read_projection(data_, *durable, {});
    if (!cut) return std::unexpected{cut.error()};
    if (!cut->is_balanced) findings.emplace_back("the trial balance is not zero");
    return findings;
}

Result<void> Target::stop() {
    if (!server_) return {};
    return server_->stop();
}

}  // namespace daybook::bench

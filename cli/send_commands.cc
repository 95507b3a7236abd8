#include "cli/send_commands.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cli/signals.h"
#include "gateway/command_client.h"

namespace daybook::cli {

Result<std::string> read_file(const std::string& path) {
    std::error_code problem;
    if (!std::filesystem::is_regular_file(path, problem)) {
        return fail(ErrorCode::not_found, "there is no file '" + path + "'");
    }
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file) return fail(ErrorCode::no_permission, "cannot read '" + path + "'");
    return text;
}

Result<bool> send_all(gateway::CommandClient& client, std::size_t count,
                      const std::function<Command(std::size_t)>& command_at,
                      const std::function<void(std::size_t, const schema::Receipt&)>& take) {
    constexpr std::size_t kCommandsAMessage = 500;
    std::unordered_map<gateway::Ticket, std::size_t> sent;  // place of each message's first command
    std::size_t next = 0;
    std::vector<Command> commands;
    while (!sent.empty() || (next < count && !is_stop_requested())) {
        while (next + commands.size() < count && commands.size() < kCommandsAMessage) {
            commands.push_back(command_at(next + commands.size()));
        }
        const bool has_more = !commands.empty() && !is_stop_requested();
        const auto ticket = has_more ? client.submit(commands)
                                     : Result<std::optional<gateway::Ticket>>{std::nullopt};
        if (!ticket) return std::unexpected{ticket.error()};
        if (*ticket) {
            sent.emplace(**ticket, next);
            next += commands.size();
            commands.clear();
            continue;
        }
        auto completed = client.poll(std::chrono::milliseconds{100});
        if (!completed) continue;
        if (!completed->receipts) return std::unexpected{completed->receipts.error()};
        std::size_t place = sent.at(completed->ticket);
        for (const auto& receipt : *completed->receipts)
            take(place++, receipt);
        sent.erase(completed->ticket);
    }
    return next == count;
}

}  // namespace daybook::cli

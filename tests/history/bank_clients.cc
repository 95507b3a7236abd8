// bank_clients: the client processes of one history. Usage: bank_clients COMMANDS QUERIES DIRECTORY
// CLIENTS ACCOUNTS OPERATIONS SEED. Exit code 1 when one of them could not go on.
#include <cstdio>
#include <cstdlib>
#include <new>
#include <pthread.h>
#include <span>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "tests/history/client.h"

namespace daybook::history {

namespace {

constexpr std::uint64_t kWindow = 200;    // calls of all clients
constexpr std::uint64_t kBetween = 5000;  // and of a round without windows
constexpr std::uint64_t kWindowsAtOnce = 25;

struct Shared {
    Meeting meeting;
    pthread_barrier_t barrier;
};

void meet(Shared& shared) {
    pthread_barrier_wait(&shared.barrier);
}

Result<void> run_client(const Setting& setting, std::uint16_t number, Shared& shared) {
    auto started = BankClient::start(setting, number, shared.meeting);
    if (!started) return std::unexpected{started.error()};
    BankClient& client = **started;
    if (number == 0) {
        const auto opened = client.open_accounts();
        if (!opened) return opened;
    }
    meet(shared);
    client.write_opening();
    if (number == 0) {
        const auto paid = client.pay_in();
        if (!paid) return paid;
    }
    std::uint64_t done = 0;
    for (std::uint64_t round = 0; done < setting.operations; ++round) {
        const bool is_window = round % (kWindowsAtOnce + 1) != 0;
        const std::uint64_t calls =
            is_window ? kWindow : std::min(kBetween, setting.operations / 2);
        meet(shared);
        client.begin_round(is_window);
        const auto ran =
            client.run_round((calls + setting.clients - 1) / setting.clients, is_window);
        if (!ran) return ran;
        done += calls;
    }
    meet(shared);
    return client.write_head();
}

Shared* make_shared_memory(unsigned clients) {
    void* memory =
        mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    auto* shared = new (memory) Shared;
    pthread_barrierattr_t attributes;
    pthread_barrierattr_init(&attributes);
    pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&shared->barrier, &attributes, clients);
    return shared;
}

int run(const Setting& setting) {
    Shared* shared = make_shared_memory(setting.clients);
    if (shared == nullptr) return 1;
    std::vector<pid_t> children;
    for (std::uint16_t number = 0; number < setting.clients; ++number) {
        const pid_t child = fork();
        if (child == 0) {
            const auto done = run_client(setting, number, *shared);
            if (!done)
                std::fprintf(stderr, "client %u: %s\n", unsigned{number},
                             done.error().detail.c_str());
            _exit(done ? 0 : 1);
        }
        children.push_back(child);
    }
    int failures = 0;
    for (std::size_t left = children.size(); left > 0; --left) {
        int status = 0;
        wait(&status);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
        ++failures;
        // The others would wait for it for ever.
        for (const pid_t child : children)
            kill(child, SIGKILL);
    }
    return failures == 0 ? 0 : 1;
}

}  // namespace

}  // namespace daybook::history

int main(int argc, char** argv) {
    const std::span<char*> words{argv, static_cast<std::size_t>(argc)};
    if (words.size() != 8) {
        std::fputs(
            "usage: bank_clients COMMANDS QUERIES DIRECTORY CLIENTS ACCOUNTS OPERATIONS SEED\n",
            stderr);
        return 64;
    }
    daybook::history::Setting setting;
    setting.commands = words[1];
    setting.queries = words[2];
    setting.directory = words[3];
    setting.clients = static_cast<std::uint16_t>(std::strtoul(words[4], nullptr, 10));
    setting.accounts = static_cast<std::uint16_t>(std::strtoul(words[5], nullptr, 10));
    setting.operations = std::strtoull(words[6], nullptr, 10);
    setting.seed = std::strtoull(words[7], nullptr, 10);
    return daybook::history::run(setting);
}

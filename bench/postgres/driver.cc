// The load driver of bench/compare-postgres, which is its only caller: `NAME=VALUE` arguments, JSON
// on standard output. It says `ready`, waits for a line, runs, says `done`, waits for a line,
// audits.
#include <charconv>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <sys/resource.h>

#include <fmt/format.h>

#include "bench/postgres/operations.h"
#include "bench/postgres/system.h"
#include "bench/postgres/tally.h"

namespace daybook::bench {

namespace {

class Settings {
public:
    Settings(int argc, char** argv) {
        for (int i = 2; i < argc; ++i) {
            const std::string_view word{argv[i]};
            const std::size_t sign = word.find('=');
            if (sign != std::string_view::npos)
                values_.emplace(word.substr(0, sign), word.substr(sign + 1));
        }
    }

    std::string text(const std::string& name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? "" : found->second;
    }
    template <typename T>
    T number(const std::string& name, T otherwise) const {
        const std::string value = text(name);
        std::from_chars(value.data(), value.data() + value.size(), otherwise);
        return otherwise;
    }

private:
    std::map<std::string, std::string> values_;
};

Result<void> make_plan(const Settings& settings) {
    const auto shape = parse_shape(settings.text("shape"));
    if (!shape) return std::unexpected{shape.error()};
    Plan plan;
    plan.shape = *shape;
    plan.seed = settings.number("seed", plan.seed);
    plan.accounts = settings.number("accounts", plan.accounts);
    plan.count = settings.number("count", plan.count);
    plan.amount_max = settings.number("amount_max", plan.amount_max);
    plan.replays_per_mille = settings.number("replays", plan.replays_per_mille);
    plan.declines_per_mille = settings.number("declines", plan.declines_per_mille);
    if (plan.accounts < 2) return fail(ErrorCode::usage, "it takes at least 2 accounts");
    return Operations::make(plan).write(settings.text("file"));
}

Load load_of(const Settings& settings) {
    Load load;
    load.accounts = settings.number("accounts", load.accounts);
    load.funds = settings.number("funds", load.funds);
    load.clients = settings.number("clients", load.clients);
    load.connections = settings.number("connections", load.connections);
    load.batch = settings.number("batch", load.batch);
    load.window = settings.number("window", load.window);
    load.first = settings.number("first", load.first);
    load.limit = settings.number("limit", load.limit);
    load.strategy = settings.text("strategy");
    return load;
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void say_and_wait(const char* word) {
    std::cout << word << std::endl;
    std::string line;
    std::getline(std::cin, line);
}

Result<void> run(const Settings& settings, System& system) {
    const auto operations = Operations::read(settings.text("file"));
    if (!operations) return std::unexpected{operations.error()};
    const Load load = load_of(settings);
    const auto prepared = system.prepare(load);
    if (!prepared) return prepared;
    const auto before = system.balances();
    if (!before) return std::unexpected{before.error()};
    if (before->size() != load.accounts) {
        return fail(ErrorCode::bad_input, fmt::format("{} accounts are there", before->size()));
    }
    say_and_wait("ready");
    const double cpu_before = cpu_seconds();
    // A run of so many operations takes as long as it takes.
    constexpr double kNoEnd = 1e9;
    Tally tally{*operations, load.accounts,
                Timeline::from_now(settings.number("warm_up", 0.0),
                                   load.limit > 0 ? kNoEnd : settings.number("seconds", 3.0)),
                load.first};
    const bool in_pairs = settings.text("pairs") == "yes";
    const auto done = in_pairs ? system.run_pairs(load, *operations, tally)
                               : system.run(load, *operations, tally);
    if (!done) return done;
    if (load.limit > 0) tally.end_early(std::chrono::steady_clock::now());
    const double cpu = cpu_seconds() - cpu_before;
    say_and_wait("done");
    const auto after = system.balances();
    if (!after) return std::unexpected{after.error()};
    tally.audit(*before, *after);
    const auto more = system.more_json();
    if (!more) return std::unexpected{more.error()};
    std::cout << tally.json(fmt::format(R"({}"driver_cpu_seconds":{:.4f},)", *more, cpu))
              << std::endl;
    return {};
}

int end(const Result<void>& done) {
    if (done) return 0;
    std::cerr << "compare-postgres: " << done.error().detail << '\n';
    return done.error().code == ErrorCode::usage ? 64 : 74;
}

}  // namespace

int drive(int argc, char** argv) {
    const Settings settings{argc, argv};
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "plan") return end(make_plan(settings));
    std::unique_ptr<System> system;
    if (what == "postgres")
        system = new_postgres(settings.text("conninfo"), settings.text("statements"));
    if (what == "daybook") system = new_daybook(settings.text("endpoint"), settings.text("data"));
    if (system == nullptr) {
        return end(fail(ErrorCode::usage, "started by bench/compare-postgres; see its --help"));
    }
    return end(run(settings, *system));
}

}  // namespace daybook::bench

int main(int argc, char** argv) {
    return daybook::bench::drive(argc, argv);
}

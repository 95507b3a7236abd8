#include "bench/crossfire.h"

#include <thread>
#include <utility>

#include "base/clock.h"
#include "bench/accounts.h"
#include "bench/audit.h"
#include "bench/crossfire_accounts.h"
#include "bench/crossfire_producer.h"
#include "bench/environment.h"
#include "bench/process.h"
#include "bench/server.h"
#include "bench/shared_array.h"
#include "schema/message.h"

namespace daybook::bench {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The bench while it runs: everything to be tidied up is a member.
class Crossfire {
public:
    Crossfire(const CrossfireOptions& options, CrossfirePlan plan,
              SharedArray<LoggedAnswer> answers, SharedArray<CrossfireSheet> sheets)
        : options_{options},
          plan_{std::move(plan)},
          answers_{std::move(answers)},
          sheets_{std::move(sheets)},
          keys_{KeySpace::start(SystemClock{}.now())} {}

    Result<CrossfireReport> run();

private:
    Result<void> start_server();
    Result<void> start_producers();
    // False when all producers are done.
    Result<bool> is_anyone_sending();
    Result<void> watch();
    Result<void> watch_server(std::uint64_t answered);
    void gather();
    Result<void> check_journal();
    Result<void> check_projection();
    std::uint64_t answered() const;
    // The part of the log that is this producer's.
    std::span<LoggedAnswer> answers_of(std::size_t producer) const;

    const CrossfireOptions& options_;
    CrossfireReport report_;
    StopSignals stop_signals_;
    std::optional<TemporaryDirectory> directory_;
    std::optional<Server> server_;
    std::string endpoint_;
    std::filesystem::path data_;
    CrossfirePlan plan_;
    SharedArray<LoggedAnswer> answers_;
    SharedArray<CrossfireSheet> sheets_;
    KeySpace keys_;
    CrossfireAccounts accounts_;
    std::vector<Process> producers_;
};

Result<void> Crossfire::start_server() {
    endpoint_ = options_.place.endpoint;
    data_ = options_.place.data;
    if (!endpoint_.empty()) return {};
    auto directory = TemporaryDirectory::create(options_.place.dir);
    if (!directory) return std::unexpected{directory.error()};
    directory_.emplace(*std::move(directory));
    auto server = Server::start(options_.place.binary, directory_->path());
    if (!server) return std::unexpected{server.error()};
    server_.emplace(*std::move(server));
    endpoint_ = server_->endpoint();
    data_ = server_->data();
    return {};
}

std::span<LoggedAnswer> Crossfire::answers_of(std::size_t producer) const {
    std::size_t first = 0;
    for (std::size_t i = 0; i < producer; ++i)
        first += plan_.sends[i].size();
    return answers_.all().subspan(first, plan_.sends[producer].size());
}

Result<void> Crossfire::start_producers() {
    const auto sheets = sheets_.all();
    for (std::size_t i = 0; i < plan_.sends.size(); ++i) {
        const CrossfireShift shift{.endpoint = endpoint_,
                                   .batch = options_.batch,
                                   .window = options_.window,
                                   .keys = keys_,
                                   .accounts = accounts_.numbers,
                                   .sends = plan_.sends[i],
                                   .answers = answers_of(i),
                                   .partner = sheets[i ^ 1U]};
        auto producer = Process::fork_to([&] { return produce_crossfire(shift, sheets[i]); });
        if (!producer) return std::unexpected{producer.error()};
        producers_.push_back(*std::move(producer));
    }
    return {};
}

std::uint64_t Crossfire::answered() const {
    std::uint64_t sum = 0;
    for (const auto& sheet : sheets_.all())
        sum += sheet.answered;
    return sum;
}

Result<void> Crossfire::watch_server(std::uint64_t answered) {
    if (!server_) return {};
    if (options_.kill_after && report_.kills == 0 && answered >= *options_.kill_after) {
        ++report_.kills;
        server_->kill();
        return server_->restart();
    }
    if (server_->is_running()) return {};
    return fail(ErrorCode::io_failed, "the server ended: " + server_->last_words());
}

Result<bool> Crossfire::is_anyone_sending() {
    bool is_anyone = false;
    for (std::size_t i = 0; i < producers_.size(); ++i) {
        if (producers_[i].is_running()) {
            is_anyone = true;
        } else if (!producers_[i].has_succeeded()) {
            const std::string detail{sheets_.all()[i].error.data()};
            return fail(ErrorCode::unreachable, "a producer gave up: " + detail);
        }
    }
    return is_anyone;
}

Result<void> Crossfire::watch() {
    const auto started = steady_clock::now();
    for (;;) {
        const auto is_anyone = is_anyone_sending();
        if (!is_anyone) return std::unexpected{is_anyone.error()};
        if (!*is_anyone) break;
        if (stop_signals_.has_come()) return fail(ErrorCode::try_again, "stopped");
        auto watched = watch_server(answered());
        if (!watched) return watched;
        if (options_.on_progress) options_.on_progress(answered());
        std::this_thread::sleep_for(milliseconds{5});
    }
    report_.elapsed = steady_clock::now() - started;
    return {};
}

void Crossfire::gather() {
    std::vector<AnswerLog> logs;
    logs.reserve(plan_.sends.size());
    for (std::size_t i = 0; i < plan_.sends.size(); ++i)
        logs.push_back({plan_.sends[i], answers_of(i)});
    report_.tally = tally_crossfire(logs, plan_.key_count, accounts_.balances);
    report_.findings = report_.tally.findings;
    for (const auto& sheet : sheets_.all()) {
        report_.latency.merge(sheet.latency);
        report_.deadlocks += sheet.hung;
    }
    if (report_.deadlocks != 0) {
        report_.findings.push_back(std::to_string(report_.deadlocks) +
                                   " commands waited more than 10 s for an answer");
    }
    report_.commands = plan_.command_count;
    report_.races = plan_.races;
}

// Every acknowledged Seq holds its key, and no key of this run is there a second time.
Result<void> Crossfire::check_journal() {
    const auto& outcomes = report_.tally.outcomes;
    std::uint64_t found = 0;
    std::uint64_t wrong = 0;
    auto read = for_each_record(data_, accounts_.head, [&](const schema::RecordView& record) {
        if (!keys_.holds(record.key())) return;
        const std::uint64_t key = keys_.number_of(record.key());
        const bool is_accepted = record.verdict() == Verdict::accepted;
        const bool is_acknowledged = key < outcomes.size() &&
                                     outcomes[key].seq == record.seq().value() &&
                                     outcomes[key].is_accepted == is_accepted;
        is_acknowledged ? ++found : ++wrong;
    });
    if (!read) return read;
    std::uint64_t acknowledged = 0;
    for (const auto& outcome : outcomes)
        acknowledged += outcome.seq != 0 ? 1U : 0U;
    if (wrong != 0) {
        report_.findings.push_back(std::to_string(wrong) +
                                   " records in the journal are not what was acknowledged");
    }
    if (found != acknowledged) {
        report_.tally.lost += acknowledged - found;
        report_.findings.push_back(std::to_string(acknowledged - found) +
                                   " acknowledged commands are not in the journal");
    }
    return {};
}

Result<void> Crossfire::check_projection() {
    const auto size = measure_journal(data_, accounts_.head);
    if (!size) return std::unexpected{size.error()};
    const auto cut = read_projection(data_, size->head, accounts_.numbers);
    if (!cut) return std::unexpected{cut.error()};
    report_.is_journal_checked = true;
    if (!cut->is_balanced) report_.findings.emplace_back("the trial balance is not zero");
    for (std::size_t place = 0; place < cut->balances.size(); ++place) {
        if (cut->balances[place] == report_.tally.balances[place]) continue;
        report_.findings.push_back("account " + std::to_string(accounts_.numbers[place].value()) +
                                   " stands at " + to_string(SignedAmount{cut->balances[place]}) +
                                   " in the projection, but the tally says " +
                                   std::to_string(report_.tally.balances[place]));
    }
    return {};
}

Result<CrossfireReport> Crossfire::run() {
    const auto started = start_server();
    if (!started) return std::unexpected{started.error()};
    auto accounts = prepare_accounts(endpoint_, options_.shape, plan_.account_count);
    if (!accounts) return std::unexpected{accounts.error()};
    accounts_ = *std::move(accounts);
    for (const auto step : {&Crossfire::start_producers, &Crossfire::watch}) {
        const auto done = (this->*step)();
        if (!done) return std::unexpected{done.error()};
    }
    gather();
    if (!data_.empty()) {
        for (const auto check : {&Crossfire::check_journal, &Crossfire::check_projection}) {
            const auto checked = (this->*check)();
            if (!checked) return std::unexpected{checked.error()};
        }
    }
    if (!server_) return std::move(report_);
    const auto stopped = server_->stop();
    if (!stopped) report_.findings.push_back(stopped.error().detail);
    return std::move(report_);
}

}  // namespace

Result<CrossfireReport> run_crossfire(const CrossfireOptions& options) {
    const auto& shape = options.shape;
    if (shape.producers < 2 || shape.producers % 2 != 0) {
        return fail(ErrorCode::usage, "--producers work in pairs: give an even number");
    }
    if (shape.users < 2 || options.window < 1) {
        return fail(ErrorCode::usage, "it takes at least 2 users and a window of 1 message");
    }
    if (options.batch < 1 || options.batch > schema::kCommandsMax) {
        return fail(ErrorCode::usage, "--batch is 1 to 8190");
    }
    if (options.kill_after && !options.place.endpoint.empty()) {
        return fail(ErrorCode::usage,
                    "--kill-after kills a server of its own: leave out --connect");
    }
    constexpr double kBytes = 1000;  // a command's, in small blocks
    const auto has_room =
        check_room(options.place.dir, kBytes * static_cast<double>(shape.commands));
    if (!has_room) return std::unexpected{has_room.error()};
    auto plan = plan_crossfire(shape);
    auto answers = SharedArray<LoggedAnswer>::create(plan.send_count());
    if (!answers) return std::unexpected{answers.error()};
    auto sheets = SharedArray<CrossfireSheet>::create(shape.producers);
    if (!sheets) return std::unexpected{sheets.error()};
    return Crossfire{options, std::move(plan), *std::move(answers), *std::move(sheets)}.run();
}

}  // namespace daybook::bench

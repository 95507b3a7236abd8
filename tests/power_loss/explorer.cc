// Plays a recording (recorder.cc) and looks at many states that power cuts could have left of it.
// The last line is one JSON object. Exit code 1: a bad state.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "tests/power_loss/disk.h"
#include "tests/power_loss/judge.h"

namespace daybook::power_loss {

namespace {

namespace fs = std::filesystem;

// At every moment.
constexpr Luck kAllSurvives{1, 1};
constexpr Luck kNothingSurvives{0, 0};
// And by turns of chance.
constexpr std::array kLucks{
    Luck{0.5, 0.5},       Luck{0.95, 0.9},           Luck{0.05, 0.1},
    Luck{0.5, 0.5, true}, Luck{0.3, 0.7, true, 0.5}, Luck{0.9, 0.5, true, 1},
};

struct Wanted {
    fs::path recording;
    fs::path place;
    std::uint64_t root = 0;
    std::uint64_t states = 0;
    std::uint64_t seed = 0;
    std::string restart;  // a command that takes a copy of a state's directory
    std::uint64_t restart_each = 0;
    double lie = 0;  // the share of syncs that are left out
};

class Explorer {
public:
    explicit Explorer(const Wanted& wanted)
        : wanted_{wanted}, chance_{wanted.seed}, disk_{wanted.place, wanted.root} {}

    void explore(const std::vector<Step>& steps);
    void report() const;
    bool has_found() const { return bad_ != 0; }

private:
    void note_promise(const Step& step);
    bool is_left_out(const Step& step);
    void look_at_moment(double states);
    void look();
    std::string judge();
    // Judges a part of the tree, unless an equal one has been found good.
    std::string judge_once(std::string_view part, std::uint64_t promised,
                           const std::function<std::string(const fs::path& aside)>& judge);
    void restart();

    const Wanted& wanted_;
    std::mt19937_64 chance_;
    Disk disk_;
    Promises promises_;
    std::unordered_set<std::uint64_t> seen_;  // signatures of whole trees
    std::set<std::tuple<std::string, std::uint64_t, std::uint64_t>>
        good_;  // part, signature, promise
    std::uint64_t states_ = 0;
    std::uint64_t bad_ = 0;
    std::uint64_t moments_ = 0;
    std::uint64_t commits_ = 0;
    std::uint64_t renames_ = 0;
    std::uint64_t restarts_ = 0;
};

void Explorer::note_promise(const Step& step) {
    auto& promised = step.name == "backup"     ? promises_.backup
                     : step.name == "restored" ? promises_.restored
                                               : promises_.ledger;
    promised = std::max(promised, step.entry.at);
}

bool Explorer::is_left_out(const Step& step) {
    return step.entry.kind == Kind::sync &&
           std::uniform_real_distribution<>{}(chance_) < wanted_.lie;
}

void Explorer::restart() {
    const fs::path copy = wanted_.place / "copy";
    const std::string command = "rm -rf " + copy.string() + " && cp -r --sparse=always " +
                                disk_.tree().string() + ' ' + copy.string() + " && " +
                                wanted_.restart + ' ' + copy.string();
    ++restarts_;
    if (std::system(command.c_str()) == 0) return;  // NOLINT(concurrency-mt-unsafe)
    ++bad_;
    std::printf("state %lu: no server goes on from it\n", states_);
}

std::string Explorer::judge_once(std::string_view part, std::uint64_t promised,
                                 const std::function<std::string(const fs::path& aside)>& judge) {
    const auto [known, is_new] =
        good_.emplace(std::string{part}, disk_.signature(std::string{part} + '/'), promised);
    if (!is_new) return "";
    const fs::path aside = wanted_.place / "aside";
    fs::remove_all(aside);
    fs::create_directory(aside);
    std::string why = judge(aside);
    if (why.empty()) return why;
    good_.erase(known);
    return std::string{part} + ": " + why;
}

std::string Explorer::judge() {
    const fs::path tree = disk_.tree();
    auto why = judge_once("data", promises_.ledger, [&](const fs::path& aside) {
        return judge_ledger(tree / "data", aside, promises_.ledger);
    });
    if (!why.empty()) return why;
    why = judge_once("data/state", 0,
                     [&](const fs::path& aside) { return judge_snapshot(tree / "data", aside); });
    if (!why.empty()) return why;
    why = judge_once("backup", promises_.backup, [&](const fs::path&) {
        return judge_backup(tree / "backup", promises_.backup);
    });
    if (!why.empty()) return why;
    return judge_once("restored", promises_.restored, [&](const fs::path& aside) {
        return judge_restored(tree / "restored", aside, promises_.restored, promises_.backup);
    });
}

void Explorer::look() {
    ++states_;
    seen_.insert(disk_.signature(""));
    const std::string why = judge();
    if (why.empty()) {
        const bool is_turn = wanted_.restart_each != 0 && chance_() % wanted_.restart_each == 0;
        if (is_turn && promises_.ledger > 0) restart();
        return;
    }
    if (++bad_ <= 5) {
        std::printf("state %lu, after %lu had been answered: %s\n", states_, promises_.ledger,
                    why.c_str());
    }
}

void Explorer::look_at_moment(double states) {
    auto left = static_cast<std::uint64_t>(states);
    if (std::uniform_real_distribution<>{}(chance_) < states - static_cast<double>(left)) ++left;
    disk_.cut(kAllSurvives, chance_, [this] { look(); });
    if (!disk_.is_uncertain()) return;  // there is no other state
    disk_.cut(kNothingSurvives, chance_, [this] { look(); });
    for (; left > 2; --left)
        disk_.cut(kLucks[chance_() % kLucks.size()], chance_, [this] { look(); });
}

void Explorer::explore(const std::vector<Step>& steps) {
    // Nothing is asked for by an answer, and right behind a sync little is uncertain.
    const auto moments = std::ranges::count_if(
        steps, [](const Step& step) { return step.entry.kind != Kind::answer; });
    const double each = static_cast<double>(wanted_.states) / static_cast<double>(moments);
    for (const Step& step : steps) {
        if (step.entry.kind == Kind::answer) {
            note_promise(step);
            continue;
        }
        if (is_left_out(step)) continue;
        commits_ += step.entry.kind == Kind::sync_range;
        renames_ += step.entry.kind == Kind::rename;
        disk_.apply(step);
        ++moments_;
        // What a moment without uncertainty saves is spent on the others.
        const double behind = each * static_cast<double>(moments_) - static_cast<double>(states_);
        look_at_moment(std::max(behind, 0.0));
    }
    look_at_moment(std::max(each, 8.0));  // with the last promise
}

void Explorer::report() const {
    std::printf(
        "{\"states\":%lu,\"distinct\":%zu,\"bad\":%lu,\"moments\":%lu,\"commits\":%lu,\"renames\":%"
        "lu,"
        "\"restarts\":%lu,\"answered\":%lu,\"backed_up\":%lu,\"restored\":%lu}\n",
        states_, seen_.size(), bad_, moments_, commits_, renames_, restarts_, promises_.ledger,
        promises_.backup, promises_.restored);
}

std::vector<char> contents_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

int run(std::span<char*> words) {
    if (words.size() != 9) {
        std::fprintf(stderr,
                     "usage: explorer RECORDING PLACE ROOT_INODE STATES SEED LIE RESTART "
                     "RESTART_EACH\n");
        return 64;
    }
    const Wanted wanted{words[1],
                        words[2],
                        std::stoull(words[3]),
                        std::stoull(words[4]),
                        std::stoull(words[5]),
                        words[7],
                        std::stoull(words[8]),
                        std::stod(words[6])};
    const auto recording = contents_of(wanted.recording);
    Explorer explorer{wanted};
    explorer.explore(steps_of(std::as_bytes(std::span{recording})));
    explorer.report();
    return explorer.has_found() ? 1 : 0;
}

}  // namespace

}  // namespace daybook::power_loss

int main(int count, char** words) {
    return daybook::power_loss::run({words, static_cast<std::size_t>(count)});
}

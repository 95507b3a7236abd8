// judge_rot: damages one file of a closed data directory again and again, and has a child read
// everything that rests on it, the way users read it. Usage: judge_rot DATA FILE STALE SEED COUNT
// READINGS, where FILE is within DATA, STALE is the same file as it was earlier (or -), and COUNT 0
// flips each bit of both LMDB meta pages, COUNT heads those where every other page says what it is.
// READINGS is a file of commands, one a line; `start` is a start of the sequencer; one after `aged`
// rests on rows that may be of an earlier state (docs/RELIABILITY.md); the last may be `else` and a
// command that tells where things stand, and must find that. Prints one line of JSON, then what was
// wrong. Exit code 1: a silent wrong answer, an unclear end, a crash or a hang.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <malloc.h>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "cli/signals.h"
#include "tests/rot/damage.h"
#include "tests/rot/readings.h"

namespace daybook::rot {

namespace {

namespace fs = std::filesystem;

constexpr unsigned kSecondsMax = 5;
constexpr std::size_t kWrongShown = 12;
constexpr std::size_t kPageBytes = 4096;

// How a child ends.
enum Verdict : int { kHarmless = 0, kDetected = 1, kWrong = 2, kUnclear = 3, kAged = 4 };

struct Setting {
    fs::path data;
    std::string file;
    std::string stale;
    std::uint64_t seed = 0;
    std::uint64_t count = 0;
    bool is_heads = false;
    struct Reading {
        std::string words;
        bool may_be_aged = false;
    };
    std::vector<Reading> readings;
    std::string last_resort;
};

Said read(const Setting& setting, const std::string& reading) {
    if (reading == "start") return start_sequencer(setting.data);
    std::istringstream stream{reading};
    Words words{std::istream_iterator<std::string>{stream}, {}};
    words.insert(words.end(), {"--data", setting.data});
    return run_command(words);
}

// An end that says what to do.
bool is_clear(const Said& said, bool is_verify) {
    if (is_verify && said.exit_code == 1)
        return said.output.find("\"finding\"") != std::string::npos;
    return (said.exit_code == 74 || said.exit_code == 75 || said.exit_code == 76 ||
            said.exit_code == 66) &&
           !said.errors.empty();
}

std::string field(const std::string& object, const std::string& name) {
    const std::string before = '"' + name + "\":\"";
    const std::size_t at = object.find(before);
    if (at == std::string::npos) return {};
    return object.substr(at + before.size(),
                         object.find('"', at + before.size()) - at - before.size());
}

// In the child. A projection that stands earlier, and is right there, is what readers allow for.
int judge_wrong(const Setting& setting, bool may_be_aged) {
    if (setting.last_resort.empty()) return kWrong;
    const Said told = read(setting, setting.last_resort);
    if (told.exit_code != 0) return may_be_aged && is_clear(told, true) ? kAged : kWrong;
    const bool is_equal = field(told.output, "projection") == "equal";
    return is_equal && field(told.output, "watermark") != field(told.output, "head_seq") ? kHarmless
                                                                                         : kWrong;
}

// In the child. What is told before an error must be right too.
int judge(const Setting& setting, const std::vector<Said>& before, std::string& why) {
    int verdict = kHarmless;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const auto& [words, may_be_aged] = setting.readings[i];
        const Said now = read(setting, words);
        const bool is_verify = words.starts_with("verify");
        const bool is_same =
            is_verify || now.output == before[i].output;  // it tells how long it took
        if (now.exit_code == before[i].exit_code && is_same) continue;
        const bool is_part = is_verify || before[i].output.starts_with(now.output);
        why = words + ": exit code " + std::to_string(now.exit_code) + ", " +
              now.errors.substr(0, 200);
        // A journal that ends earlier is read as far as it goes, with a word that it was longer.
        const bool is_said = is_part && now.exit_code == 0 && !now.errors.empty();
        if ((now.exit_code == 0 && !is_said) || !is_part) {
            return judge_wrong(setting, may_be_aged);
        }
        verdict = kDetected;
        if (is_said) continue;
        if (!is_clear(now, is_verify)) return kUnclear;
    }
    return verdict;
}

class Judge {
public:
    explicit Judge(const Setting& setting) : setting_{setting} {}

    bool begin() {
        for (const auto& reading : setting_.readings) {
            before_.push_back(read(setting_, reading.words));
            if (before_.back().exit_code == 0 && !before_.back().output.empty()) continue;
            std::fprintf(stderr, "%s: %s\n", reading.words.c_str(), before_.back().errors.c_str());
            return false;
        }
        return true;
    }

    void judge_one(const std::string& what) {
        ++counts_["flips"];
        int pipe_ends[2];
        if (pipe(pipe_ends) != 0) std::abort();
        const pid_t child = fork();
        if (child == 0) {
            alarm(kSecondsMax);
            std::string why;
            const int verdict = judge(setting_, before_, why);
            [[maybe_unused]] const auto written = write(pipe_ends[1], why.data(), why.size());
            _exit(verdict);
        }
        close(pipe_ends[1]);
        int status = 0;
        waitpid(child, &status, 0);
        char why[400] = {};
        [[maybe_unused]] const auto got = ::read(pipe_ends[0], why, sizeof why - 1);
        close(pipe_ends[0]);
        note(status, what + ": " + why);
    }

    int finish() {
        std::printf("{");
        const char* comma = "";
        for (const char* name : {"flips", "harmless", "detected", "aged_rows", "silent_wrong",
                                 "unclear", "crashes", "hangs"}) {
            std::printf("%s\"%s\": %llu", comma, name,
                        static_cast<unsigned long long>(counts_[name]));
            comma = ", ";
        }
        std::printf("}\n");
        for (const auto& text : texts_)
            std::printf("%s\n", text.c_str());
        return counts_["silent_wrong"] + counts_["unclear"] + counts_["hangs"] +
                           counts_["crashes"] ==
                       0
                   ? 0
                   : 1;
    }

private:
    void note(int status, const std::string& what) {
        static const char* const kNames[] = {"harmless", "detected", "silent_wrong", "unclear",
                                             "aged_rows"};
        std::string name = "crashes";
        if (WIFEXITED(status) && WEXITSTATUS(status) <= kAged)
            name = kNames[WEXITSTATUS(status)];
        else if (WIFEXITED(status) && WEXITSTATUS(status) == 76)
            name = "detected";  // the last word after a bus error
        else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
            name = "hangs";
        ++counts_[name];
        if (name == "harmless" || name == "detected" || name == "aged_rows" ||
            texts_.size() >= kWrongShown)
            return;
        texts_.push_back(name +
                         (WIFSIGNALED(status) ? " " + std::to_string(WTERMSIG(status)) : "") +
                         ", " + what);
    }

    const Setting& setting_;
    std::vector<Said> before_;
    std::map<std::string, std::uint64_t> counts_;
    std::vector<std::string> texts_;
};

std::vector<std::byte> bytes_of(const std::string& path) {
    std::ifstream stream{path, std::ios::binary};
    std::vector<char> text{std::istreambuf_iterator<char>{stream}, {}};
    const auto bytes = std::as_bytes(std::span{text});
    constexpr std::size_t kMost = std::size_t{8} << 20;
    return {bytes.begin(),
            bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), kMost))};
}

// What starts rebuild; put back after each damage.
std::vector<File> others_beside(const Setting& setting) {
    std::vector<File> files;
    const fs::path target = setting.data / setting.file;
    if (target.extension() == ".mdb") return files;
    for (const auto& entry : fs::directory_iterator{target.parent_path()}) {
        if (entry.path() != target) files.push_back(*File::open(entry.path(), false));
    }
    return files;
}

// The same bits of page after page.
struct Bits {
    std::size_t first_page;
    std::size_t pages;
    std::size_t from;  // in the page, in bytes
    std::size_t bytes;

    std::size_t count() const { return pages * bytes * 8; }
    std::size_t at(std::size_t i) const {
        return ((first_page + i / (bytes * 8)) * kPageBytes + from) * 8 + i % (bytes * 8);
    }
};

// Behind the header of the page.
constexpr Bits kBitsOfMetaPages{.first_page = 0, .pages = 2, .from = 16, .bytes = 120};

// The header and the first places of nodes.
Bits heads_of_pages(std::size_t file_bytes) {
    return {.first_page = 2, .pages = file_bytes / kPageBytes - 2, .from = 0, .bytes = 32};
}

int run(const Setting& setting) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("daybook"));
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    const bool is_lmdb = fs::path{setting.file}.extension() == ".mdb";
    auto file = File::open(setting.data / setting.file, is_lmdb);
    Judge judge{setting};
    if (!file || !judge.begin()) return 66;
    auto others = others_beside(setting);
    malloc_trim(0);
    Vandal vandal{*file, setting.stale == "-" ? std::vector<std::byte>{} : bytes_of(setting.stale),
                  setting.seed};
    const Bits bits = setting.is_heads ? heads_of_pages(file->content().size()) : kBitsOfMetaPages;
    const std::uint64_t count = setting.count != 0 ? setting.count : bits.count();
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string what =
            setting.count != 0 ? vandal.do_anything() : vandal.flip_bit(bits.at(i));
        judge.judge_one(what);
        file->mend();
        for (auto& other : others)
            other.mend();
    }
    return judge.finish();
}

}  // namespace

}  // namespace daybook::rot

int main(int argc, char** argv) {
    const std::span<char*> words{argv, static_cast<std::size_t>(argc)};
    if (words.size() != 7) {
        std::fputs("usage: judge_rot DATA FILE STALE SEED COUNT READINGS\n", stderr);
        return 64;
    }
    daybook::cli::explain_damaged_pages();
    daybook::rot::Setting setting;
    setting.data = words[1];
    setting.file = words[2];
    setting.stale = words[3];
    setting.seed = std::strtoull(words[4], nullptr, 10);
    setting.is_heads = words[5] == std::string{"heads"};
    setting.count = std::strtoull(words[5], nullptr, 10);
    std::ifstream readings{words[6]};
    for (std::string line; std::getline(readings, line);) {
        if (line.starts_with("else "))
            setting.last_resort = line.substr(5);
        else if (line.starts_with("aged "))
            setting.readings.push_back({line.substr(5), true});
        else
            setting.readings.push_back({line, false});
    }
    return daybook::rot::run(setting);
}

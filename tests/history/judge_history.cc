// judge_history: judges what bank_clients wrote down. Usage: judge_history DIRECTORY [--plant LIE
// SEED]
// [--only seqs|windows]. One line of JSON, then what is wrong. Exit code 1: something is; 65: it
// cannot be read.
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "tests/history/judges.h"
#include "tests/history/plants.h"

namespace daybook::history {

namespace {

struct Options {
    std::string directory;
    std::string only;
    std::string lie;
    std::uint64_t seed = 0;
};

int run(const Options& options) {
    History history;
    if (!load(options.directory, history)) {
        std::fprintf(stderr, "%s: not a whole history\n", options.directory.c_str());
        return 65;
    }
    if (!options.lie.empty() && !plant(options.lie, options.seed, history)) {
        std::fprintf(stderr, "no place to plant '%s'\n", options.lie.c_str());
        return 65;
    }
    Findings findings;
    const auto deeds = deeds_of(history, findings);
    if (options.only == "windows") findings = {};  // what this one finds by itself
    if (options.only != "windows") judge_by_seq(history, deeds, findings);
    Searched searched;
    const auto until = options.lie.empty() ? Until::end : Until::first_finding;
    if (options.only != "seqs") searched = judge_windows(history, deeds, findings, until);

    std::uint64_t unknown = 0;
    std::uint64_t rejected = 0;
    std::uint64_t repeats = 0;
    for (const auto& asked : history.asked) {
        unknown += asked.is_answered ? 0 : 1;
        rejected += asked.reply.verdict == 2 ? 1 : 0;
        repeats += asked.reply.is_replay != 0 || asked.reply.verdict == 3 ? 1 : 0;
    }
    const auto print = [](const char* name, std::uint64_t value, const char* end) {
        std::printf("\"%s\": %llu%s", name, static_cast<unsigned long long>(value), end);
    };
    std::printf("{");
    print("operations", history.asked.size() + history.reads.size(), ", ");
    print("reads", history.reads.size(), ", ");
    print("unknown", unknown, ", ");
    print("rejected", rejected, ", ");
    print("repeats", repeats, ", ");
    print("windows", searched.windows, ", ");
    print("undecided", searched.undecided, ", ");
    print("most_steps", searched.most_steps, ", ");
    print("anomalies", findings.count(), "}\n");
    for (const auto& text : findings.texts())
        std::printf("%s\n", text.c_str());
    return findings.count() + searched.undecided == 0 ? 0 : 1;
}

}  // namespace

}  // namespace daybook::history

int main(int argc, char** argv) {
    const std::span<char*> words{argv, static_cast<std::size_t>(argc)};
    daybook::history::Options options;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = words[i];
        if (word == "--plant" && i + 2 < words.size()) {
            options.lie = words[i + 1];
            options.seed = std::strtoull(words[i + 2], nullptr, 10);
            i += 2;
        } else if (word == "--only" && i + 1 < words.size()) {
            options.only = words[++i];
        } else {
            options.directory = word;
        }
    }
    if (options.directory.empty()) {
        std::fputs("usage: judge_history DIRECTORY [--plant LIE SEED] [--only seqs|windows]\n",
                   stderr);
        return 64;
    }
    return daybook::history::run(options);
}

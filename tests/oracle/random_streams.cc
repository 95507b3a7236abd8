// random_streams FIRST COUNT COMMANDS DIRECTORY [keep]: runs the streams with the seeds FIRST,
// FIRST + 1, … and leaves submissions.jsonl and records.jsonl in DIRECTORY, for oracle.py to
// compare; with `keep` also the last one's data directory, `data`.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/oracle/stream.h"

namespace {

bool write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream stream{file, std::ios::binary};
    stream << text;
    return static_cast<bool>(stream.flush());
}

}  // namespace

int main(int argc, char** argv) {
    const bool keeps_data = argc == 6 && std::strcmp(argv[5], "keep") == 0;
    if (argc != 5 && !keeps_data) {
        std::fprintf(stderr, "usage: random_streams FIRST COUNT COMMANDS DIRECTORY [keep]\n");
        return 64;
    }
    const auto first = std::strtoull(argv[1], nullptr, 10);
    const auto count = std::strtoull(argv[2], nullptr, 10);
    const auto commands = std::strtoull(argv[3], nullptr, 10);
    const std::filesystem::path directory{argv[4]};
    daybook::oracle::StreamFiles files;
    for (auto seed = first; seed < first + count; ++seed)
        daybook::oracle::run_stream(directory / "data", seed, commands, files);
    if (!keeps_data) std::filesystem::remove_all(directory / "data");
    if (write(directory / "submissions.jsonl", files.submissions) &&
        write(directory / "records.jsonl", files.records)) {
        return 0;
    }
    std::fprintf(stderr, "random_streams: cannot write to %s\n", directory.c_str());
    return 73;
}

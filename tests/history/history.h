// History: what all clients wrote down, and what follows of it for each key, before anybody judges
// it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/history/log.h"

namespace daybook::history {

struct Asked {
    Call call;
    Reply reply;
    bool is_answered = false;
    std::uint16_t client = 0;
    std::uint32_t round = 0;  // 0: before the first one
};

struct Seen {
    Read read;
    std::vector<Touched> balances;
    std::uint16_t client = 0;
    std::uint32_t round = 0;
};

struct History {
    std::uint16_t accounts = 0;
    std::uint64_t first_seq = 0;  // of the last record before it
    std::uint64_t head = 0;
    std::vector<bool> is_window;  // by round
    std::vector<Asked> asked;     // client by client, in the order of their files
    std::vector<Seen> reads;
};

// What a key stands for. It happened at one moment between `begun` and `known`.
struct Deed {
    Call call;
    Reply reply;
    std::int64_t begun = 0;
    std::int64_t known = 0;
    std::uint32_t round = 0;
    std::uint64_t seq = 0;
};

// What is wrong; the first ones in words.
class Findings {
public:
    void add(const std::string& what);
    std::uint64_t count() const { return count_; }
    const std::vector<std::string>& texts() const { return texts_; }

private:
    std::uint64_t count_ = 0;
    std::vector<std::string> texts_;
};

// Reads the files client0, client1 … of a directory; false when they are not whole.
bool load(const std::string& directory, History& history);

// One a key; that every key has one, and that all replies to it are the same, is checked here [I2].
std::vector<Deed> deeds_of(const History& history, Findings& findings);

std::string describe(const Call& call);

}  // namespace daybook::history

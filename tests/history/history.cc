#include "tests/history/history.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/history/model.h"

namespace daybook::history {

namespace {

constexpr std::size_t kTextsMax = 10;

// Walks a file's bytes.
class Walk {
public:
    explicit Walk(std::vector<char> bytes) : bytes_{std::move(bytes)} {}

    template <typename T>
    bool take(T& entry) {
        if (bytes_.size() - at_ < sizeof(T)) return false;
        std::memcpy(&entry, bytes_.data() + at_, sizeof(T));
        at_ += sizeof(T);
        return true;
    }
    bool is_at_end() const { return at_ == bytes_.size(); }
    What next() const { return static_cast<What>(bytes_[at_]); }

private:
    std::vector<char> bytes_;
    std::size_t at_ = 0;
};

bool load_client(Walk walk, History& history, std::uint16_t client) {
    Opening opening;
    if (!walk.take(opening) || opening.magic != kMagic || opening.client != client) return false;
    history.accounts = opening.accounts;
    history.first_seq = opening.seq;
    const std::size_t first_call = history.asked.size();
    std::vector<bool> is_window{false};
    bool has_head = false;
    while (!walk.is_at_end()) {
        const auto round_now = static_cast<std::uint32_t>(is_window.size() - 1);
        Asked asked;
        Reply reply;
        Seen seen;
        Round round;
        Head head;
        switch (walk.next()) {
            case What::call:
                if (!walk.take(asked.call)) return false;
                asked.client = client;
                asked.round = round_now;
                history.asked.push_back(asked);
                break;
            case What::reply:
                if (!walk.take(reply) || first_call + reply.call >= history.asked.size())
                    return false;
                history.asked[first_call + reply.call].reply = reply;
                history.asked[first_call + reply.call].is_answered = true;
                break;
            case What::read:
                if (!walk.take(seen.read)) return false;
                seen.balances.resize(history.accounts);
                for (auto& balance : seen.balances) {
                    if (!walk.take(balance)) return false;
                }
                seen.client = client;
                seen.round = round_now;
                history.reads.push_back(seen);
                break;
            case What::round:
                if (!walk.take(round)) return false;
                is_window.push_back(round.is_window != 0);
                break;
            case What::head:
                if (!walk.take(head)) return false;
                history.head = std::max(history.head, head.seq);
                has_head = true;
                break;
            default:
                return false;
        }
    }
    const bool agrees = client == 0 || is_window == history.is_window;
    history.is_window = std::move(is_window);
    return has_head && agrees;
}

bool is_same_command(const Call& left, const Call& right) {
    return left.kind == right.kind && left.measure == right.measure && left.debit == right.debit &&
           left.credit == right.credit && left.measured == right.measured &&
           left.amount == right.amount && left.name == right.name &&
           left.demanded == right.demanded;
}

bool is_same_answer(const Reply& left, const Reply& right) {
    if (left.seq != right.seq || left.verdict != right.verdict || left.code != right.code)
        return false;
    if (left.taken != right.taken || left.subject != right.subject || left.stood != right.stood)
        return false;
    if (left.touches == 0 || right.touches == 0) return true;  // one of them was not asked for
    return left.touched[0] == right.touched[0] && left.touched[1] == right.touched[1];
}

bool is_decided(const Reply& reply) {
    return reply.verdict == 1 || reply.verdict == 2;
}

// All calls with one key.
class KeyCalls {
public:
    void add(const Asked& asked) { calls_.push_back(&asked); }
    bool gather(Deed& deed, Findings& findings) const;

private:
    std::vector<const Asked*> calls_;
};

bool KeyCalls::gather(Deed& deed, Findings& findings) const {
    const auto decided = std::ranges::find_if(
        calls_, [](const Asked* asked) { return asked->is_answered && is_decided(asked->reply); });
    if (decided == calls_.end()) {
        findings.add("nothing was decided under the key of a " + describe(calls_.front()->call));
        return false;
    }
    deed.call = (*decided)->call;
    deed.reply = (*decided)->reply;
    deed.seq = deed.reply.seq;
    deed.begun = deed.known = deed.reply.moment;
    unsigned firsts = 0;
    for (const Asked* asked : calls_) {
        const bool is_same = is_same_command(asked->call, deed.call);
        if (is_same && asked->call.moment <= deed.begun) {
            deed.begun = asked->call.moment;
            deed.round = asked->round;
        }
        if (!asked->is_answered) continue;
        const Reply& reply = asked->reply;
        deed.known = std::min(deed.known, reply.moment);
        if (!is_decided(reply)) {
            if (reply.code != kKeyReused || is_same)
                findings.add("a " + describe(asked->call) + " was answered " +
                             std::to_string(reply.code));
            continue;
        }
        firsts += reply.is_replay == 0 ? 1 : 0;
        if (!is_same || !is_same_answer(reply, deed.reply))
            findings.add("a key has two answers: " + describe(asked->call) + " at seq " +
                         std::to_string(reply.seq) + ", " + describe(deed.call) + " at seq " +
                         std::to_string(deed.seq));
        if (reply.touches > deed.reply.touches) {
            deed.reply = reply;
            deed.call.wants_touches = 1;
        }
    }
    if (firsts > 1)
        findings.add("two answers to one key say that they are the first: " + describe(deed.call));
    return true;
}

}  // namespace

void Findings::add(const std::string& what) {
    ++count_;
    if (texts_.size() < kTextsMax) texts_.push_back(what);
}

bool load(const std::string& directory, History& history) {
    std::uint16_t client = 0;
    for (;; ++client) {
        std::ifstream file{directory + "/client" + std::to_string(client), std::ios::binary};
        if (!file) break;
        std::vector<char> bytes{std::istreambuf_iterator<char>{file}, {}};
        if (!load_client(Walk{std::move(bytes)}, history, client)) return false;
    }
    return client > 0;
}

std::vector<Deed> deeds_of(const History& history, Findings& findings) {
    std::map<std::pair<std::uint64_t, std::uint64_t>, KeyCalls> by_key;
    for (const auto& asked : history.asked)
        by_key[{asked.call.key[0], asked.call.key[1]}].add(asked);
    std::vector<Deed> deeds;
    for (const auto& [key, calls] : by_key) {
        Deed deed;
        if (calls.gather(deed, findings)) deeds.push_back(deed);
    }
    return deeds;
}

std::string describe(const Call& call) {
    static const char* const kNames[] = {
        "",        "transfer", "balancing transfer", "entry", "hold", "capture", "final capture",
        "release", "reversal", "reversal in part"};
    std::string text = kNames[static_cast<std::size_t>(call.kind)];
    if (call.debit != kNoAccount)
        text += " " + std::to_string(call.debit) + ">" + std::to_string(call.credit);
    if (call.name != 0) text += " of " + std::to_string(call.name);
    return text + " (" + std::to_string(call.amount) + ", key " + std::to_string(call.key[1]) + ")";
}

}  // namespace daybook::history

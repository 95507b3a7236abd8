// History: what clients asked and were answered, kept by the checker and by nobody else. It finds
// at once an answer that contradicts an earlier one; the audit (audit.h) holds the rest of it
// against the journal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/seq.h"
#include "ledger/command.h"
#include "schema/receipts.h"
#include "tests/simulation/marks.h"

namespace daybook::simulation {

using AskId = std::size_t;

// One command as a client sent it, and its first answer that is for certain.
struct Ask {
    ProducerId producer;
    Id128 key;
    CommandKind kind = CommandKind::transfer;
    Bytes command;  // canonical; in the message, which lives as long as the run
    std::optional<schema::Receipt> answer = {};
    Seq head = {};                // that the answer rests on
    Seq durable_when_taken = {};  // when the server took in what it answered
    bool is_found = false;
};

struct KeyId {
    Id128 key;
    ProducerId producer;
    friend bool operator==(const KeyId&, const KeyId&) = default;
};
struct KeyIdHash {
    std::size_t operator()(const KeyId& id) const;
};

struct KeyHistory {
    Seq floor;  // everything answered before the key was first sent is at or below this
    std::vector<AskId> asks;
    Seq bound;                              // by which record; 0: none
    std::vector<schema::Receipt> outcomes;  // that were told of it
};

// "Not seen up to `head`", a proof.
struct NotSeen {
    KeyId key;
    Seq head;
};

// What the projection said.
struct Reading {
    Seq watermark;
    AccountNumber account;
    Totals totals;
    std::uint64_t version = 0;
};

class History {
public:
    explicit History(Marks& marks) : marks_{marks} {}

    // Before it is sent for the first time.
    AskId ask(Ask ask);
    void answered(AskId id, const schema::Receipt& receipt, Seq head, Seq durable_when_taken);
    void outcome(const KeyId& key, const schema::Receipt& receipt);
    void not_seen(const KeyId& key, Seq head) { not_seen_.push_back({key, head}); }
    void read(const Reading& reading) { readings_.push_back(reading); }

    // The first thing that must not be.
    void violated(const std::string& what) {
        if (!violation_) violation_ = what;
    }
    const std::optional<std::string>& violation() const { return violation_; }

    const Ask& of(AskId id) const { return asks_[id]; }
    std::vector<Ask>& asks() { return asks_; }
    std::unordered_map<KeyId, KeyHistory, KeyIdHash>& keys() { return keys_; }
    const std::vector<NotSeen>& all_not_seen() const { return not_seen_; }
    std::vector<Reading>& readings() { return readings_; }

private:
    void note_marks(const Ask& ask, const schema::Receipt& receipt);

    Marks& marks_;
    std::vector<Ask> asks_;
    std::unordered_map<KeyId, KeyHistory, KeyIdHash> keys_;
    std::vector<NotSeen> not_seen_;
    std::vector<Reading> readings_;
    Seq highest_answered_;
    std::optional<std::string> violation_;
};

// For certain: asking again would not change it.
bool is_definitive(const schema::Receipt& receipt);

}  // namespace daybook::simulation

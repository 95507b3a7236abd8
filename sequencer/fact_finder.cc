#include "sequencer/fact_finder.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "schema/made_entry.h"

namespace daybook::sequencer {

namespace {

// Enough to reverse 8,000 entries of 255 postings in one message.
constexpr std::size_t kBytesReadMax = std::size_t{64} << 20;
// What looking a reference up in the snapshot counts for, besides its record.
constexpr std::size_t kLookUpBytes = std::size_t{4} << 10;

}  // namespace

void FactFinder::begin_message() {
    bytes_read_ = 0;
    is_exhausted_ = false;
}

bool FactFinder::may_go_on(const Command& command) {
    if (bytes_read_ >= kBytesReadMax && !is_exhausted_) {
        is_exhausted_ = !entries_asked(command).empty() || !references_asked(command).empty();
    }
    return !is_exhausted_;
}

Result<Facts> FactFinder::look_up(const Command& command, Seq head) {
    Facts facts;
    auto found = find_originals(command, head, facts);
    if (found) found = find_references(command, head, facts);
    if (!found) return std::unexpected{found.error()};
    return facts;
}

// Records never change: the one read last is kept.
Result<const FactFinder::Past*> FactFinder::read(Seq seq) {
    if (last_.seq == seq) return &last_;
    last_ = {};
    const auto found = finder_.find(seq);
    if (!found) return std::unexpected{found.error()};
    const auto& record = found->record;
    bytes_read_ += record.command_bytes().size() + record.remark_bytes().size();
    // What was rejected made nothing, and its command need not be one that is known.
    if (record.verdict() == Verdict::accepted) {
        const auto command = record.command();
        if (!command) return std::unexpected{command.error()};
        auto entries = schema::read_made_entries(record, *command);
        if (!entries) return std::unexpected{entries.error()};
        last_.entries = *std::move(entries);
        for (const auto reference : references_taken(*command))
            last_.references.emplace_back(reference);
    }
    last_.seq = seq;
    return &last_;
}

Result<void> FactFinder::find_originals(const Command& command, Seq head, Facts& facts) {
    for (const EntryId id : entries_asked(command)) {
        if (id.seq() > head) continue;
        const auto past = read(id.seq());
        if (!past) return std::unexpected{past.error()};
        const auto& entries = (*past)->entries;
        const auto entry = std::ranges::find(entries, id, &MadeEntry::id);
        if (entry != entries.end()) facts.originals.push_back(*entry);
    }
    return {};
}

Result<std::optional<Seq>> FactFinder::find_older(std::uint64_t hashed, const Id128& key,
                                                  ProducerId producer) {
    return keys_.find_older(hashed, [&](Seq seq) -> Result<bool> {
        const auto found = finder_.find(seq);
        if (!found) return std::unexpected{found.error()};
        const auto& record = found->record;
        return record.kind() != CommandKind::expire_hold && record.key() == key &&
               record.producer() == producer;
    });
}

// Digests may collide; texts don't lie. While the journal is replayed the snapshot knows more than
// has happened yet.
Result<std::optional<Seq>> FactFinder::find_reference(std::string_view reference, Seq head) {
    const auto has_it = [&](Seq seq) -> Result<bool> {
        if (seq > head) return false;
        const auto past = read(seq);
        if (!past) return std::unexpected{past.error()};
        const auto& references = (*past)->references;
        return std::ranges::find(references, reference) != references.end();
    };
    const Id128 digest = keys_.hash().digest(reference);
    const auto hashed = keys_.hash()(digest, kSystemProducer);
    if (keys_.may_be_older(hashed)) {
        bytes_read_ += kLookUpBytes;
        const auto older = keys_.find_older(hashed, has_it);
        if (!older || *older) return older;
    }
    const auto recent = keys_.find(hashed, digest, kSystemProducer);
    if (!recent) return recent;
    const auto is_it = has_it(*recent);
    if (!is_it) return std::unexpected{is_it.error()};
    return *is_it ? recent : std::optional<Seq>{};
}

Result<void> FactFinder::find_references(const Command& command, Seq head, Facts& facts) {
    for (const auto reference : references_asked(command)) {
        const auto seq = find_reference(reference, head);
        if (!seq) return std::unexpected{seq.error()};
        if (*seq) facts.used_references.push_back({std::string{reference}, **seq});
    }
    return {};
}

void FactFinder::note_accepted(const Command& command, Seq seq) {
    if (seq <= keys_.older_seq()) return;  // the snapshot has them
    for (const auto reference : references_taken(command)) {
        const Id128 digest = keys_.hash().digest(reference);
        keys_.bind(keys_.hash()(digest, kSystemProducer), digest, kSystemProducer, seq);
    }
}

}  // namespace daybook::sequencer

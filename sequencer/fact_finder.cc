#include "sequencer/fact_finder.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "schema/made_entry.h"

namespace daybook::sequencer {

namespace {

// Enough to reverse 8,000 entries of 255 postings in one message.
constexpr std::size_t kBytesReadMax = std::size_t{64} << 20;

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
    if (found) found = find_references(command, facts);
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
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    auto entries = schema::read_made_entries(record, *command);
    if (!entries) return std::unexpected{entries.error()};
    last_.entries = *std::move(entries);
    for (const auto reference : references_taken(*command))
        last_.references.emplace_back(reference);
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
    const auto seqs = keys_.older(hashed);
    if (!seqs) return std::unexpected{seqs.error()};
    for (const Seq seq : *seqs) {
        const auto found = finder_.find(seq);
        if (!found) return std::unexpected{found.error()};
        const auto& record = found->record;
        const bool is_it = record.kind() != CommandKind::expire_hold && record.key() == key &&
                           record.producer() == producer;
        if (is_it) return std::optional{seq};
    }
    return std::optional<Seq>{};
}

// Digests may collide; texts don't lie.
Result<std::optional<Seq>> FactFinder::find_reference(std::string_view reference) {
    const Id128 digest = keys_.hash().digest(reference);
    const auto hashed = keys_.hash()(digest, kSystemProducer);
    std::vector<Seq> seqs;
    if (keys_.may_be_older(hashed)) {
        auto older = keys_.older(hashed);
        if (!older) return std::unexpected{older.error()};
        seqs = *std::move(older);
    }
    if (const auto recent = keys_.find(hashed, digest, kSystemProducer)) seqs.push_back(*recent);
    for (const Seq seq : seqs) {
        const auto past = read(seq);
        if (!past) return std::unexpected{past.error()};
        const auto& references = (*past)->references;
        if (std::ranges::find(references, reference) != references.end()) return std::optional{seq};
    }
    return std::optional<Seq>{};
}

Result<void> FactFinder::find_references(const Command& command, Facts& facts) {
    for (const auto reference : references_asked(command)) {
        const auto seq = find_reference(reference);
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

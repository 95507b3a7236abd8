#include "schema/run.h"

#include <array>

#include "schema/record.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::RunStart) == 168);
static_assert(sizeof(wire::Frame) == 8);

BlockFacts facts_of(const wire::RunStart& start) {
    return {start.number(),
            Seq{start.first_seq()},
            start.record_count(),
            Stamp{start.stamp()},
            from_wire(start.previous()),
            from_wire(start.payload_root()),
            from_wire(start.history_root()),
            from_wire(start.hash())};
}

// Every sum below stays far from 2^64: Seqs have 48 bits, counts 32.
bool is_possible(const wire::RunStart& start) {
    const auto last_of_block = start.first_seq() + start.record_count();
    return start.number() > 0 && start.first_seq() > 0 && start.first_seq() <= kSeqMax.value() &&
           start.run_first() >= start.first_seq() && start.run_first() <= kSeqMax.value() &&
           start.run_count() > 0 && start.run_first() + start.run_count() <= last_of_block;
}

}  // namespace

RunWriter::RunWriter(std::vector<std::byte>& out, const BlockFacts& block, Seq first)
    : out_{out}, block_{block}, first_{first}, start_{out.size()} {
    append_frame(out_, std::array<std::byte, sizeof(wire::RunStart)>{});
}

void RunWriter::add(Bytes record) {
    append_frame(out_, record);
    ++count_;
}

void RunWriter::end() {
    if (count_ == 0) {
        out_.resize(start_);
        return;
    }
    store(std::span{out_}.subspan(start_ + sizeof(wire::Frame)),
          wire::RunStart{block_.number, block_.first_seq.value(), block_.stamp.nanoseconds(),
                         block_.record_count, count_, first_.value(), to_wire(block_.previous),
                         to_wire(block_.payload_root), to_wire(block_.history_root),
                         to_wire(block_.hash)});
}

Malformation RunReader::next(Run& run) {
    const auto frame = frames_.next();
    if (!frame) return frame.error();
    if (frame->size() != sizeof(wire::RunStart)) return Malformation::bad_bytes;
    const auto start = load<wire::RunStart>(*frame);
    if (!is_possible(start)) return Malformation::bad_bytes;
    run.block = facts_of(start);
    run.first = Seq{start.run_first()};
    run.records.clear();
    for (std::uint32_t i = 0; i < start.run_count(); ++i) {
        const auto record = frames_.next();
        if (!record) return record.error();
        if (record->size() < kRecordHeaderBytes) return Malformation::bad_bytes;
        const auto header = load<wire::RecordHeader>(*record);
        if (header.seq() != start.run_first() + i) return Malformation::bad_bytes;
        run.records.push_back(*record);
    }
    is_at_end_ = frames_.is_at_end();
    return Malformation::none;
}

std::expected<Run, Malformation> decode_published(Bytes message) {
    const auto header = decode_header(message);
    if (!header) return std::unexpected{header.error()};
    if (header->kind != MessageKind::records) return std::unexpected{Malformation::unknown_kind};
    RunReader runs{message.subspan(kMessageHeaderBytes)};
    Run run;
    const auto wrong = runs.next(run);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    if (!runs.is_at_end() || header->count != run.records.size() || header->head != run.last()) {
        return std::unexpected{Malformation::bad_bytes};
    }
    return run;
}

}  // namespace daybook::schema

#include <algorithm>
#include <bit>
#include <span>

#include "export/content_check.h"
#include "journal/block.h"
#include "journal/sealer.h"

namespace daybook::exports {

namespace {

ExportFinding differs(std::string what, std::string stored, std::string recomputed) {
    return {std::string{kManifestName}, 0, {}, std::move(what), std::move(stored),
            std::move(recomputed)};
}

std::string describe(const Counts& counts) {
    return std::to_string(counts.records) + " records, " + std::to_string(counts.accepted) +
           " accepted, " + std::to_string(counts.postings) + " postings";
}

std::string describe(const ChainBlock& block) {
    return "block " + std::to_string(block.number) + " from seq " +
           std::to_string(block.first_seq.value()) + " with " + std::to_string(block.records) +
           " records at " + std::to_string(block.stamp.nanoseconds()) + ", hash " +
           to_hex(block.hash.bytes) + " after " + to_hex(block.previous.bytes);
}

std::string describe(const AssetTotals& totals) {
    return totals.asset + " scale " + std::to_string(totals.scale) + ": " +
           to_string(totals.debits) + " and " + to_string(totals.credits) + ", before " +
           to_string(totals.debits_before) + " and " + to_string(totals.credits_before);
}

}  // namespace

std::optional<ExportFinding> compare(const Manifest& stated, const Manifest& recomputed) {
    if (stated.counts != recomputed.counts) {
        return differs("its counts are not those of the records", describe(stated.counts),
                       describe(recomputed.counts));
    }
    if (stated.first_block != recomputed.first_block) {
        return differs("its first block is not that of the records", describe(stated.first_block),
                       describe(recomputed.first_block));
    }
    if (stated.last_block != recomputed.last_block) {
        return differs("its last block is not that of the records", describe(stated.last_block),
                       describe(recomputed.last_block));
    }
    if (stated.totals.size() != recomputed.totals.size()) {
        return differs("its assets are not those of the records",
                       std::to_string(stated.totals.size()) + " assets",
                       std::to_string(recomputed.totals.size()) + " assets");
    }
    for (std::size_t i = 0; i < stated.totals.size(); ++i) {
        if (stated.totals[i] == recomputed.totals[i]) continue;
        return differs("its totals are not those of the records", describe(stated.totals[i]),
                       describe(recomputed.totals[i]));
    }
    return std::nullopt;
}

Hash256 genesis_hash(const Id128& book, Stamp stamp, const std::optional<journal::Origin>& origin) {
    journal::BlockBuilder builder{0};
    builder.begin(Seq{1}, stamp);
    const journal::BlockSealer sealer =
        origin ? journal::BlockSealer{book, *origin} : journal::BlockSealer{book};
    return sealer.seal(builder).info.hash;
}

}  // namespace daybook::exports

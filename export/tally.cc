#include "export/tally.h"

#include <utility>

namespace daybook::exports {

namespace {

bool add_to(Amount& sum, Amount amount) {
    const auto total = checked_add(sum, amount);
    if (total) sum = *total;
    return total.has_value();
}

}  // namespace

Result<void> Tally::begin_next(Cut cut) {
    for (auto& sums : sums_) {
        const bool fits = add_to(sums.debits_before, std::exchange(sums.debits, {})) &&
                          add_to(sums.credits_before, std::exchange(sums.credits, {}));
        if (!fits) return fail(ErrorCode::bad_input, "the sum of all postings passes 128 bits");
    }
    cut_ = cut;
    counts_ = {};
    first_ = {};
    last_ = {};
    return {};
}

Result<void> Tally::take(const WalkedRecord& walked, const Chart& chart) {
    const Seq seq = walked.record.seq();
    const bool is_before = seq < cut_.from;
    if (chart.asset_count() > sums_.size()) sums_.resize(chart.asset_count());
    for (const auto& posted : walked.posted) {
        Sums& sums = sums_[chart.account(posted.account).asset.value() - 1];
        const bool is_debit = posted.side == Side::debit;
        Amount& in_cut = is_debit ? sums.debits : sums.credits;
        Amount& before = is_debit ? sums.debits_before : sums.credits_before;
        if (!add_to(is_before ? before : in_cut, posted.amount)) {
            return fail(ErrorCode::bad_input,
                        "the sum of all postings in " + chart.asset_of(posted.account).code +
                            " passes 128 bits at seq " + std::to_string(seq.value()) +
                            "; export shorter cuts");
        }
    }
    if (is_before) return {};
    if (counts_.records == 0) first_ = chain_block_of(walked.block);
    if (last_.number != walked.block.number) last_ = chain_block_of(walked.block);
    ++counts_.records;
    ++(walked.record.verdict() == Verdict::accepted ? counts_.accepted : counts_.rejected);
    counts_.postings += walked.posted.size();
    return {};
}

Manifest Tally::manifest(const Chart& chart) const {
    Manifest manifest;
    manifest.from = cut_.from;
    manifest.to = cut_.to;
    manifest.counts = counts_;
    manifest.first_block = first_;
    manifest.last_block = last_;
    for (std::uint32_t number = 1; number <= chart.asset_count(); ++number) {
        const ChartAsset& asset = chart.asset(AssetNumber{number});
        const Sums sums = number <= sums_.size() ? sums_[number - 1] : Sums{};
        manifest.totals.push_back({asset.code, asset.scale, sums.debits, sums.credits,
                                   sums.debits_before, sums.credits_before});
    }
    return manifest;
}

}  // namespace daybook::exports

#include "export/manifest.h"

#include <algorithm>
#include <array>
#include <utility>

namespace daybook::exports {

namespace {

constexpr std::array kNames{std::pair{Format::csv, std::string_view{"csv"}},
                            std::pair{Format::jsonl, std::string_view{"jsonl"}},
                            std::pair{Format::hledger, std::string_view{"hledger"}},
                            std::pair{Format::beancount, std::string_view{"beancount"}},
                            std::pair{Format::camt053, std::string_view{"camt053"}}};

std::string seq_text(Seq seq) {
    return std::to_string(seq.value());
}

std::string why_blocks_do_not_join(const Manifest& before, const Manifest& next) {
    const ChainBlock& last = before.last_block;
    const ChainBlock& first = next.first_block;
    if (last.number == first.number) {
        return last == first ? ""
                             : "both have a part of block " + std::to_string(last.number) +
                                   ", but it is not the same";
    }
    const bool is_whole = before.to == last.last_seq() && next.from == first.first_seq;
    if (first.number == last.number + 1 && first.previous == last.hash && is_whole) return {};
    return "block " + std::to_string(first.number) + " does not continue block " +
           std::to_string(last.number);
}

std::vector<std::string> accounts_of(const Manifest& manifest) {
    auto codes = manifest.accounts;
    std::ranges::sort(codes);
    codes.erase(std::ranges::unique(codes).begin(), codes.end());
    return codes;
}

// An account's statements are numbered without a gap only where both exports hold one of it.
std::string why_statements_do_not_join(const Manifest& before, const Manifest& next) {
    const bool has_before = before.format == Format::camt053;
    const bool has_next = next.format == Format::camt053;
    if (!has_before && !has_next) return {};
    if (has_before != has_next) return "only one of them has statements";
    if (accounts_of(before) != accounts_of(next)) return "they are not of the same accounts";
    const std::uint64_t number = before.statement.value_or(0);
    if (next.statement == number + 1) return {};
    return "statement " + std::to_string(next.statement.value_or(0)) +
           " does not follow statement " + std::to_string(number);
}

std::string why_totals_do_not_join(const Manifest& before, const Manifest& next) {
    for (const auto& closed : before.totals) {
        const auto opened = std::ranges::find(next.totals, closed.asset, &AssetTotals::asset);
        if (opened == next.totals.end()) return "the later one does not know asset " + closed.asset;
        const bool joins = checked_add(closed.debits_before, closed.debits) ==
                               std::optional{opened->debits_before} &&
                           checked_add(closed.credits_before, closed.credits) ==
                               std::optional{opened->credits_before};
        if (!joins) return "the totals of " + closed.asset + " do not go on";
    }
    return {};
}

}  // namespace

std::string_view name_of(Format format) {
    return std::ranges::find(kNames, format, &std::pair<Format, std::string_view>::first)->second;
}

std::optional<Format> parse_format(std::string_view text) {
    const auto* const found =
        std::ranges::find(kNames, text, &std::pair<Format, std::string_view>::second);
    if (found == kNames.end()) return std::nullopt;
    return found->first;
}

ChainBlock chain_block_of(const journal::BlockInfo& info) {
    return {info.number, info.first_seq, info.record_count, info.stamp, info.previous, info.hash};
}

std::string why_not_adjacent(const Manifest& before, const Manifest& next) {
    if (before.book != next.book || before.genesis_hash != next.genesis_hash) {
        return "they are of two books";
    }
    if (next.from > before.to.next()) {
        return "seq " + seq_text(before.to.next()) + " to " +
               std::to_string(next.from.value() - 1) + " are missing between them";
    }
    if (next.from < before.to.next()) {
        return "seq " + seq_text(next.from) + " is in both of them";
    }
    if (auto why = why_statements_do_not_join(before, next); !why.empty()) return why;
    if (auto why = why_blocks_do_not_join(before, next); !why.empty()) return why;
    return why_totals_do_not_join(before, next);
}

}  // namespace daybook::exports

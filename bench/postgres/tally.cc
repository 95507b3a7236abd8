#include "bench/postgres/tally.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/random.h"

namespace daybook::bench {

namespace {

constexpr std::size_t kFindingsMax = 20;

void count(Counts& counts, Answered answered) {
    switch (answered) {
        case Answered::accepted:
            ++counts.accepted;
            return;
        case Answered::declined:
            ++counts.declined;
            return;
        case Answered::replayed:
            ++counts.replayed;
            return;
        case Answered::abandoned:
            ++counts.abandoned;
            return;
    }
}

std::string json_of(const Counts& counts) {
    return fmt::format(R"({{"accepted":{},"declined":{},"replayed":{},"abandoned":{}}})",
                       counts.accepted, counts.declined, counts.replayed, counts.abandoned);
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    return out + '"';
}

}  // namespace

Timeline Timeline::from_now(double warm_up_seconds, double seconds) {
    const auto of = [](double value) {
        return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            std::chrono::duration<double>{value});
    };
    const auto now = std::chrono::steady_clock::now();
    return {now, now + of(warm_up_seconds), now + of(warm_up_seconds + seconds)};
}

Tally::Tally(const Operations& operations, std::uint32_t accounts, const Timeline& timeline,
             std::uint64_t first)
    : operations_{operations}, timeline_{timeline}, first_{first}, moved_(accounts) {}

void Tally::note(std::uint64_t index, Answered answered, Timeline::Time asked, Timeline::Time now) {
    count(all_, answered);
    answers_digest_ += Random{(index << 2) | static_cast<std::uint64_t>(answered)}.next();
    if (now >= timeline_.warm && now < timeline_.over) {
        count(measured_, answered);
        latency_.add(now - asked);
    }
    if (answered != Answered::accepted) return;
    const std::uint64_t original = operations_.original_of(index) - first_;
    if (original >= is_accepted_.size()) is_accepted_.resize(2 * original + 1);
    if (is_accepted_[original]) {
        add_finding(fmt::format("the key of operation {} was accepted twice", original));
    }
    is_accepted_[original] = true;
    const Operation operation = operations_.at(index);
    moved_[operation.from] -= static_cast<std::int64_t>(operation.amount);
    moved_[operation.to] += static_cast<std::int64_t>(operation.amount);
}

bool Tally::is_first_of_its_key(std::uint64_t index) const {
    const std::uint64_t from_first = index - first_;
    return operations_.original_of(index) == index &&
           (from_first >= is_accepted_.size() || !is_accepted_[from_first]);
}

void Tally::add_finding(std::string finding) {
    if (findings_.size() < kFindingsMax) findings_.push_back(std::move(finding));
}

void Tally::audit(const std::vector<std::int64_t>& before, const std::vector<std::int64_t>& after) {
    std::int64_t sum_before = 0;
    std::int64_t sum_after = 0;
    for (std::size_t i = 0; i < moved_.size(); ++i) {
        sum_before += before[i];
        sum_after += after[i];
        balances_digest_ = Random{balances_digest_ ^ static_cast<std::uint64_t>(after[i])}.next();
        if (after[i] < 0) add_finding(fmt::format("account {} is at {}", i, after[i]));
        if (after[i] == before[i] + moved_[i]) continue;
        add_finding(fmt::format("account {} is at {}, but the accepted transfers make it {}", i,
                                after[i], before[i] + moved_[i]));
    }
    if (sum_before == sum_after) return;
    add_finding(fmt::format("all balances together were {}, and are {}", sum_before, sum_after));
}

std::string Tally::json(const std::string& more) const {
    const std::chrono::duration<double> seconds = timeline_.over - timeline_.warm;
    const auto microseconds = [&](double share) {
        return static_cast<double>(latency_.quantile(share).count()) / 1e3;
    };
    std::vector<std::string> failures;
    for (const auto& [name, times] : failures_)
        failures.push_back(fmt::format("{}:{}", quoted(name), times));
    std::vector<std::string> findings;
    std::ranges::transform(findings_, std::back_inserter(findings), quoted);
    return fmt::format(
        R"({{{}"seconds":{:.4f},"measured":{},"all":{},"p50_us":{:.1f},"p99_us":{:.1f},)"
        R"("max_us":{:.1f},"answers_digest":"{:016x}","balances_digest":"{:016x}","failures":{{{}}},"findings":[{}]}})",
        more, seconds.count(), json_of(measured_), json_of(all_), microseconds(0.5),
        microseconds(0.99), static_cast<double>(latency_.max().count()) / 1e3, answers_digest_,
        balances_digest_, fmt::join(failures, ","), fmt::join(findings, ","));
}

}  // namespace daybook::bench

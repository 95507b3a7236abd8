#include "tests/history/search.h"

#include <algorithm>
#include <limits>
#include <random>

namespace daybook::history {

namespace {

// Steps before it begins again with another order; twice as many after each hundred beginnings.
constexpr std::uint64_t kStepsAtFirst = 10'000;
constexpr unsigned kBeginningsAlike = 100;
constexpr unsigned kBeginningsMax = 500;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::uint64_t place(std::uint64_t account, std::uint64_t version) {
    return (account << 48) | version;
}

std::int64_t available(const Touched& account) {
    return account.posted_credits - account.posted_debits - account.held_debits;
}

}  // namespace

Search::Search(Bank& bank, std::vector<Step> steps) : bank_{bank}, steps_{std::move(steps)} {
    std::ranges::sort(steps_, {}, &Step::known);
    // Those whose replies say nothing of their place only where no other is left to go on with.
    for (const bool is_curt : {false, true}) {
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            const Step& step = steps_[i];
            if (!is_neutral(step) && (step.deed->reply.touches == 0) == is_curt)
                order_.push_back(i);
        }
    }
    for (const auto& account : bank_.accounts())
        available_[place(account.account, account.version)] = available(account);
    for (const auto& step : steps_) {
        for (std::size_t i = 0; step.deed != nullptr && i < step.deed->reply.touches; ++i) {
            const Touched& after = step.deed->reply.touched[i];
            available_[place(after.account, after.version)] = available(after);
        }
    }
    note_last_chances();
}

// Where a reply says which version of an account it saw, it cannot have come later.
void Search::note_last_chances() {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (steps_[i].seen != nullptr) {
            for (const auto& balance : steps_[i].seen->balances)
                last_chances_[place(balance.account, balance.version)].push_back(i);
            continue;
        }
        const Deed& deed = *steps_[i].deed;
        const bool saw_version = deed.call.measure == Measure::version_is;
        if (saw_version && deed.reply.code == kPreconditionFailed)
            last_chances_[place(deed.reply.subject, static_cast<std::uint64_t>(deed.reply.stood))]
                .push_back(i);
        else if (saw_version)
            last_chances_[place(deed.call.measured, static_cast<std::uint64_t>(deed.call.demanded))]
                .push_back(i);
        const bool fell_short = deed.reply.code == kInsufficientFunds ||
                                (deed.reply.code == kPreconditionFailed && !saw_version);
        if (fell_short)
            note_last_available(i, deed.reply.subject, deed.reply.stood, deed.reply.stood);
        if (deed.call.measure == Measure::available_from && deed.reply.code != kPreconditionFailed)
            note_last_available(i, deed.call.measured, deed.call.demanded, kMost);
    }
}

// How often an account may have been touched by deeds whose replies say no version.
std::uint64_t Search::unplaced(std::uint64_t account) const {
    return static_cast<std::uint64_t>(std::ranges::count_if(steps_, [&](const Step& step) {
        if (step.deed == nullptr || step.deed->reply.verdict != 1 || step.deed->reply.touches != 0)
            return false;
        const Call& call = step.deed->call;
        return call.debit == kNoAccount || call.debit == account || call.credit == account;
    }));
}

// It happened when `from` to `to` was available: at the last such version, or one of which no reply
// tells.
void Search::note_last_available(std::size_t index, std::uint64_t account, std::int64_t from,
                                 std::int64_t to) {
    std::uint64_t version = bank_.accounts()[account].version;
    std::uint64_t last = version;
    std::uint64_t unknown = unplaced(account);
    for (;; ++version) {
        const auto found = available_.find(place(account, version));
        if (found == available_.end() && unknown == 0) break;
        unknown -= found == available_.end() ? 1U : 0U;
        if (found == available_.end() || (found->second >= from && found->second <= to))
            last = version;
    }
    last_chances_[place(account, last)].push_back(index);
}

// What changes nothing can be done as soon as it fits: that bars no other order.
bool Search::is_neutral(const Step& step) const {
    return step.seen != nullptr || step.deed->reply.verdict != 1;
}

// When the first of those left was known: what was asked later happened after it.
std::int64_t Search::deadline() const {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (!done_[i]) return steps_[i].known;  // they are in the order of this
    }
    return 0;
}

void Search::take_neutral_ones(Level& level) {
    for (bool has_taken = true; has_taken;) {
        has_taken = false;
        const std::int64_t until = deadline();
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            if (done_[i] || steps_[i].begun > until || !is_neutral(steps_[i]) || !take(i)) continue;
            level.taken.push_back(i);
            has_taken = true;
        }
    }
}

// Whether something that is left could not happen any more.
bool Search::forecloses(const Touched& after, std::size_t index) const {
    const auto found = last_chances_.find(place(after.account, after.version - 1));
    return found != last_chances_.end() && std::ranges::any_of(found->second, [&](std::size_t i) {
               return i != index && !done_[i];
           });
}

bool Search::take(std::size_t index) {
    const Step& step = steps_[index];
    if (step.seen != nullptr) {
        if (!std::ranges::equal(step.seen->balances, bank_.accounts())) return false;
    } else {
        const Answer answer = bank_.decide(step.deed->call);
        if (!answer.agrees(step.deed->call, step.deed->reply)) return false;
        if (answer.code == 0) {
            for (const auto& after : answer.touched) {
                const bool is_anothers = step.deed->reply.touches == 0 &&
                                         available_.contains(place(after.account, after.version));
                if (is_anothers || forecloses(after, index)) return false;
            }
        }
        bank_.apply(step.deed->call, answer, step.deed->seq);
    }
    done_.set(index);
    return true;
}

void Search::give_back(const Level& level) {
    for (const std::size_t index : level.taken) {
        done_.reset(index);
        if (steps_[index].deed != nullptr) bank_.take_back();
    }
}

Explained Search::run() {
    std::minstd_rand chance;
    for (unsigned beginning = 0; beginning < kBeginningsMax; ++beginning) {
        const Explained explained = run_once(kStepsAtFirst << (beginning / kBeginningsAlike));
        if (explained != Explained::unknown) return explained;
        visited_.clear();
        std::ranges::shuffle(order_, chance);
    }
    return Explained::unknown;
}

Explained Search::run_once(std::uint64_t steps_max) {
    std::uint64_t steps = 0;
    std::vector<Level> path(1);
    take_neutral_ones(path.back());
    while (done_.count() < steps_.size()) {
        ++tried_;
        if (++steps > steps_max) {
            for (; !path.empty(); path.pop_back())
                give_back(path.back());
            return Explained::unknown;
        }
        Level& level = path.back();
        const std::int64_t until = deadline();
        const auto is_possible = [&](std::size_t i) {
            return !done_[i] && steps_[i].begun <= until && take(i);
        };
        while (level.next < order_.size() && !is_possible(order_[level.next]))
            ++level.next;
        if (level.next < order_.size()) {
            Level further;
            further.taken.push_back(order_[level.next++]);
            take_neutral_ones(further);
            if (visited_.insert(done_).second) {
                path.push_back(std::move(further));
            } else {
                give_back(further);
            }
            continue;
        }
        give_back(level);
        path.pop_back();
        if (path.empty()) return Explained::no;
    }
    return Explained::yes;
}

}  // namespace daybook::history

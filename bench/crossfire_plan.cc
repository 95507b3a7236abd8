#include "bench/crossfire_plan.h"

#include "base/check.h"
#include "bench/random.h"

namespace daybook::bench {

namespace {

// Of kRounds rounds; a race brings a double click of its own. Together a tenth of all commands is
// clicked twice.
constexpr std::uint64_t kRounds = 200;
constexpr std::uint64_t kRacesOf = 18;
constexpr std::uint64_t kDoubleClicksOf = 22;
constexpr std::uint64_t kReusesOf = 4;

// A third of all crossings meet on few accounts.
constexpr std::uint64_t kHotUsers = 8;
constexpr std::uint64_t kUserAmountMax = 2000;

class Planner {
public:
    explicit Planner(const CrossfireShape& shape) : shape_{shape}, random_{shape.seed} {
        plan_.sends.resize(shape.producers);
        const std::uint64_t each = shape.commands * 6 / 5 / shape.producers;
        for (auto& sends : plan_.sends)
            sends.reserve(each);
        plan_.account_count = 1 + shape.users + (shape.producers / 2 * kRaceAccountsPerPair);
    }

    CrossfirePlan plan() {
        for (std::uint32_t pair = 0; plan_.command_count < shape_.commands;
             pair = (pair + 1) % (shape_.producers / 2)) {
            play_round(pair);
        }
        return std::move(plan_);
    }

private:
    void play_round(std::uint32_t pair) {
        const std::uint64_t dice = random_.below(kRounds);
        if (dice < kRacesOf) return race(pair);
        if (dice < kRacesOf + kDoubleClicksOf) {
            const auto command = between_users(Play::double_click);
            return send(pair, command, command, 1);
        }
        auto mine = between_users(Play::crossing);
        auto theirs = mine;
        if (dice < kRacesOf + kDoubleClicksOf + kReusesOf) {
            mine.play = theirs.play = Play::reused_key;
            theirs.amount += 1;
            return send(pair, mine, theirs, 2);
        }
        theirs.key = plan_.key_count++;
        theirs.debit = mine.credit;
        theirs.credit = mine.debit;
        theirs.amount = amount();
        send(pair, mine, theirs, 2);
    }

    // Money comes in once (clicked twice), then both try to take all of it.
    void race(std::uint32_t pair) {
        const auto account = static_cast<std::uint32_t>(
            1 + shape_.users + (pair * kRaceAccountsPerPair) + random_.below(kRaceAccountsPerPair));
        const PlannedCommand deposit{plan_.key_count++, kCashPlace, account, kRaceAmount,
                                     Play::double_click};
        send(pair, deposit, deposit, 1);
        const PlannedCommand mine{plan_.key_count++, account, kCashPlace, kRaceAmount, Play::race};
        PlannedCommand theirs = mine;
        theirs.key = plan_.key_count++;
        send(pair, mine, theirs, 2);
        ++plan_.races;
    }

    PlannedCommand between_users(Play play) {
        const bool is_hot = random_.below(3) == 0 && shape_.users > kHotUsers;
        const std::uint64_t users = is_hot ? kHotUsers : shape_.users;
        const std::uint64_t from = random_.below(users);
        const std::uint64_t to = (from + 1 + random_.below(users - 1)) % users;
        return {plan_.key_count++, static_cast<std::uint32_t>(1 + from),
                static_cast<std::uint32_t>(1 + to), amount(), play};
    }

    std::uint32_t amount() { return static_cast<std::uint32_t>(1 + random_.below(kUserAmountMax)); }

    void send(std::uint32_t pair, const PlannedCommand& mine, const PlannedCommand& theirs,
              std::uint64_t commands) {
        plan_.sends[std::size_t{2} * pair].push_back(mine);
        plan_.sends[(std::size_t{2} * pair) + 1].push_back(theirs);
        plan_.command_count += commands;
    }

    CrossfireShape shape_;
    Random random_;
    CrossfirePlan plan_;
};

}  // namespace

std::uint64_t CrossfirePlan::send_count() const {
    std::uint64_t count = 0;
    for (const auto& list : sends)
        count += list.size();
    return count;
}

CrossfirePlan plan_crossfire(const CrossfireShape& shape) {
    CHECK_INVARIANT(shape.producers >= 2 && shape.producers % 2 == 0, "producers work in pairs");
    CHECK_INVARIANT(shape.users >= 2, "it takes two to cross");
    return Planner{shape}.plan();
}

}  // namespace daybook::bench

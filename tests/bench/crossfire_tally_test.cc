// The checker must be able to fail: each case takes a log that is right, changes one thing, and
// expects it to be found.
#include "bench/crossfire_tally.h"

#include <algorithm>
#include <map>
#include <vector>

#include <catch2/catch.hpp>

#include "bench/crossfire_plan.h"
#include "ledger/outcome.h"

namespace daybook::bench {

namespace {

constexpr std::int64_t kStart = 5'000;

// A plan and the answers an honest server gives to it, decided in the order of the lists.
class Scene {
public:
    Scene() : plan_{plan_crossfire({.users = 20, .producers = 4, .commands = 5'000, .seed = 3})} {
        balances_.assign(plan_.account_count, kStart);
        balances_[kCashPlace] = 0;
        std::fill(balances_.begin() + 21, balances_.end(), 0);
        starts_ = balances_;
        answers.resize(plan_.sends.size());
        for (std::size_t i = 0; i < answers.size(); ++i)
            answers[i].resize(plan_.sends[i].size());
        for (std::size_t i = 0; i < longest(); ++i) {
            for (std::size_t producer = 0; producer < plan_.sends.size(); ++producer) {
                if (i < plan_.sends[producer].size()) decide(producer, i);
            }
        }
    }

    CrossfireTally tally() const {
        std::vector<AnswerLog> logs;
        logs.reserve(plan_.sends.size());
        for (std::size_t i = 0; i < plan_.sends.size(); ++i)
            logs.push_back({plan_.sends[i], answers[i]});
        return tally_crossfire(logs, plan_.key_count, starts_);
    }

    // The first answer of producer 0 (or 1) with this play and verdict.
    LoggedAnswer& first(Play play, Verdict verdict, std::size_t producer = 0) {
        const auto& sends = plan_.sends[producer];
        for (std::size_t i = 0; i < sends.size(); ++i) {
            auto& answer = answers[producer][i];
            const bool is_wanted =
                sends[i].play == play && answer.verdict == static_cast<std::uint8_t>(verdict);
            if (is_wanted) return answer;
        }
        FAIL("the scene has no such answer");
        return answers[0][0];
    }

    const CrossfirePlan& plan() const { return plan_; }
    const std::vector<std::int64_t>& balances() const { return balances_; }

    std::vector<std::vector<LoggedAnswer>> answers;

private:
    std::size_t longest() const {
        return std::ranges::max(plan_.sends, {}, &std::vector<PlannedCommand>::size).size();
    }

    void decide(std::size_t producer, std::size_t i) {
        const auto& command = plan_.sends[producer][i];
        auto& answer = answers[producer][i];
        const auto [prior, is_new] = decided_.try_emplace(command.key, command, LoggedAnswer{});
        if (!is_new) {
            answer = prior->second.second;
            answer.is_replay = 1;
            if (prior->second.first != command) {
                answer = {0, code_of(Refusal::idempotency_key_reused),
                          static_cast<std::uint8_t>(Verdict::refused), 0, 0};
            }
            return;
        }
        answer.seq = 100 + decided_.size();
        const std::int64_t amount = command.amount;
        if (command.debit != kCashPlace && balances_[command.debit] < amount) {
            answer.verdict = static_cast<std::uint8_t>(Verdict::rejected);
            answer.code = code_of(Rejection::insufficient_funds);
        } else {
            answer.verdict = static_cast<std::uint8_t>(Verdict::accepted);
            balances_[command.debit] += command.debit == kCashPlace ? amount : -amount;
            balances_[command.credit] += command.credit == kCashPlace ? -amount : amount;
        }
        prior->second.second = answer;
    }

    CrossfirePlan plan_;
    std::vector<std::int64_t> starts_;
    std::vector<std::int64_t> balances_;
    std::map<std::uint64_t, std::pair<PlannedCommand, LoggedAnswer>> decided_;
};

}  // namespace

TEST_CASE("an honest log has no findings", "[bench]") {
    const Scene scene;
    const auto tally = scene.tally();
    CHECK(tally.findings.empty());
    CHECK(tally.wrongs() == 0);
    CHECK(tally.sends == scene.plan().send_count());
    CHECK(tally.balances == scene.balances());
    CHECK(tally.accepted > 0);
    CHECK(tally.rejected.at(code_of(Rejection::insufficient_funds)) > 0);
    CHECK(tally.refused_reuse > 0);
    CHECK(tally.replays > 0);
}

TEST_CASE("a missing answer is lost", "[bench]") {
    Scene scene;
    scene.answers[1][17] = {};
    const auto tally = scene.tally();
    CHECK(tally.lost == 1);
    CHECK(tally.findings.size() >= 1);
}

TEST_CASE("both sides of a race accepted is a double spend", "[bench]") {
    Scene scene;
    auto& loser = scene.first(Play::race, Verdict::rejected, 1);
    loser.verdict = static_cast<std::uint8_t>(Verdict::accepted);
    loser.code = 0;
    CHECK(scene.tally().double_spends >= 1);
}

TEST_CASE("a rejection although the money was there is found", "[bench]") {
    Scene scene;
    auto& winner = scene.first(Play::race, Verdict::accepted);
    winner.verdict = static_cast<std::uint8_t>(Verdict::rejected);
    winner.code = code_of(Rejection::insufficient_funds);
    CHECK(scene.tally().wrong_rejections >= 1);
}

TEST_CASE("a rejection for another reason than funds is found", "[bench]") {
    Scene scene;
    scene.first(Play::crossing, Verdict::rejected).code = code_of(Rejection::account_frozen);
    CHECK(scene.tally().wrong_answers == 1);
}

TEST_CASE("a double click with two effects is found", "[bench]") {
    Scene scene;
    SECTION("two seqs") {
        scene.first(Play::double_click, Verdict::accepted, 1).seq += 100'000;
    }
    SECTION("neither is a replay") {
        scene.first(Play::double_click, Verdict::accepted, 1).is_replay = 0;
    }
    CHECK(scene.tally().double_effects == 1);
}

TEST_CASE("two answers to one key that differ are found", "[bench]") {
    Scene scene;
    auto& second = scene.first(Play::double_click, Verdict::accepted, 1);
    second.verdict = static_cast<std::uint8_t>(Verdict::rejected);
    second.code = code_of(Rejection::insufficient_funds);
    CHECK(scene.tally().wrong_answers >= 1);
}

TEST_CASE("a reused key that got the other command's receipt is found", "[bench]") {
    Scene scene;
    const auto first = scene.first(Play::reused_key, Verdict::accepted);
    auto& second = scene.first(Play::reused_key, Verdict::refused, 1);
    second = first;
    second.is_replay = 1;
    CHECK(scene.tally().wrongs() >= 1);
}

TEST_CASE("a refusal as reused where no other command has the key is found", "[bench]") {
    Scene scene;
    scene.first(Play::double_click, Verdict::accepted, 1) = {
        0, code_of(Refusal::idempotency_key_reused), static_cast<std::uint8_t>(Verdict::refused), 0,
        0};
    CHECK(scene.tally().wrong_answers == 1);
}

TEST_CASE("any other refusal or malformation is found", "[bench]") {
    Scene scene;
    const auto [verdict, code] =
        GENERATE(std::pair{Verdict::refused, code_of(Refusal::overloaded)},
                 std::pair{Verdict::malformed, code_of(Malformation::bad_bytes)},
                 std::pair{Verdict::not_seen, std::uint16_t{0}});
    scene.first(Play::crossing, Verdict::rejected) = {0, code, static_cast<std::uint8_t>(verdict),
                                                      0, 0};
    CHECK(scene.tally().wrong_answers == 1);
}

TEST_CASE("two keys at one seq, and a decision without one, are found", "[bench]") {
    Scene scene;
    SECTION("shared") {
        scene.answers[0][5].seq = scene.answers[0][4].seq;
    }
    SECTION("none") {
        scene.answers[0][5].seq = 0;
    }
    CHECK(scene.tally().wrongs() >= 1);
}

}  // namespace daybook::bench

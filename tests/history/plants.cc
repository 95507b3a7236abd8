#include "tests/history/plants.h"

#include <algorithm>
#include <functional>
#include <map>
#include <random>

namespace daybook::history {

namespace {

using Choose = std::mt19937_64;

bool is_in_window(const History& history, const Asked& asked) {
    return history.is_window[asked.round] && asked.is_answered;
}

// Of one key alone, answered once: others would contradict a change in an uninteresting way.
std::vector<Asked*> lone_transfers(History& history,
                                   const std::function<bool(const Asked&)>& wanted) {
    std::map<std::pair<std::uint64_t, std::uint64_t>, int> stated;
    for (const auto& asked : history.asked)
        ++stated[{asked.call.key[0], asked.call.key[1]}];
    std::vector<Asked*> found;
    for (auto& asked : history.asked) {
        if (stated[{asked.call.key[0], asked.call.key[1]}] != 1 || !is_in_window(history, asked))
            continue;
        if (asked.call.kind == Kind::transfer && wanted(asked)) found.push_back(&asked);
    }
    return found;
}

template <typename T>
T& one_of(std::vector<T>& list, Choose& choose) {
    return list[choose() % list.size()];
}

bool is_accepted(const Asked& asked) {
    return asked.reply.verdict == 1 && asked.reply.touches == 2;
}

// Two calls of one round each get the other's answer.
bool swap_replies(History& history, Choose& choose) {
    auto calls = lone_transfers(history, is_accepted);
    for (int i = 0; i < 1000 && calls.size() > 1; ++i) {
        Asked* left = one_of(calls, choose);
        Asked* right = one_of(calls, choose);
        if (left->round != right->round || left->call.debit == right->call.debit) continue;
        std::swap(left->reply.touched, right->reply.touched);
        std::swap(left->reply.seq, right->reply.seq);
        return true;
    }
    return false;
}

// An accepted transfer that did nothing: nobody else ever saw it, as if it had not been there. Its
// own reply stays.
bool lose_write(History& history, Choose& choose) {
    auto calls = lone_transfers(history, is_accepted);
    if (calls.empty()) return false;
    const Asked lost = *one_of(calls, choose);
    const auto correct = [&](Touched& touched) {
        if (touched.account == lost.call.debit) {
            touched.posted_debits -= lost.call.amount;
            --touched.version;
        } else if (touched.account == lost.call.credit) {
            touched.posted_credits -= lost.call.amount;
            --touched.version;
        }
    };
    for (auto& asked : history.asked) {
        if (asked.reply.seq <= lost.reply.seq || asked.reply.verdict != 1) continue;
        for (std::size_t i = 0; i < asked.reply.touches; ++i)
            correct(asked.reply.touched[i]);
    }
    for (auto& seen : history.reads) {
        if (seen.read.watermark < lost.reply.seq) continue;
        for (auto& balance : seen.balances)
            correct(balance);
    }
    return true;
}

// A read that says it is new and shows what an older one showed.
bool show_stale(History& history, Choose& choose) {
    std::vector<std::size_t> reads;
    for (std::size_t i = 1; i < history.reads.size(); ++i) {
        const auto& now = history.reads[i];
        const auto& before = history.reads[i - 1];
        if (history.is_window[now.round] && now.client == before.client &&
            before.read.watermark < now.read.min_seq)
            reads.push_back(i);
    }
    if (reads.empty()) return false;
    const std::size_t place = one_of(reads, choose);
    history.reads[place].balances = history.reads[place - 1].balances;
    return true;
}

// A transfer that acted twice: everybody later sees its amount once more.
bool double_effect(History& history, Choose& choose) {
    auto calls = lone_transfers(history, is_accepted);
    if (calls.empty()) return false;
    const Asked twice = *one_of(calls, choose);
    const auto correct = [&](Touched& touched) {
        if (touched.account == twice.call.debit) touched.posted_debits += twice.call.amount;
        if (touched.account == twice.call.credit) touched.posted_credits += twice.call.amount;
    };
    for (auto& asked : history.asked) {
        if (asked.reply.seq <= twice.reply.seq || asked.reply.verdict != 1) continue;
        for (std::size_t i = 0; i < asked.reply.touches; ++i)
            correct(asked.reply.touched[i]);
    }
    for (auto& seen : history.reads) {
        if (seen.read.watermark < twice.reply.seq) continue;
        for (auto& balance : seen.balances)
            correct(balance);
    }
    return true;
}

// Refused for want of funds, with a balance that was never there.
bool lie_about_funds(History& history, Choose& choose) {
    auto calls = lone_transfers(history, [](const Asked& asked) { return asked.reply.code == 13; });
    if (calls.empty()) return false;
    Asked* asked = one_of(calls, choose);
    asked->reply.stood = asked->reply.stood == 0 ? 1 : asked->reply.stood - 1;
    return true;
}

// Everything is right but for the seqs of two transfers that came one after the other. Only the
// judge who believes seqs can mind.
bool swap_seqs(History& history, Choose& choose) {
    auto calls = lone_transfers(history, is_accepted);
    for (int i = 0; i < 10'000 && calls.size() > 1; ++i) {
        Asked* left = one_of(calls, choose);
        Asked* right = one_of(calls, choose);
        if (left->round >= right->round) continue;
        std::swap(left->reply.seq, right->reply.seq);
        return true;
    }
    return false;
}

}  // namespace

bool plant(const std::string& lie, std::uint64_t seed, History& history) {
    static const std::map<std::string, std::function<bool(History&, Choose&)>> kLies = {
        {"swapped-replies", swap_replies}, {"lost-write", lose_write},
        {"stale-read", show_stale},        {"double-effect", double_effect},
        {"false-funds", lie_about_funds},  {"swapped-seqs", swap_seqs},
    };
    const auto found = kLies.find(lie);
    Choose choose{seed};
    return found != kLies.end() && found->second(history, choose);
}

}  // namespace daybook::history

// The scenario language: one command or assertion a line, the expected outcome last. README.md here
// has the grammar. This file turns a text into steps; runner.h runs them.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/seq.h"
#include "ledger/command.h"
#include "ledger/outcome.h"
#include "tests/scenarios/command_words.h"

namespace daybook::scenarios {

// What stands behind `->`. What is not stated is not compared.
struct ExpectedReceipt {
    bool is_replay = false;
    Verdict verdict = Verdict::accepted;
    std::uint16_t code = 0;
    std::optional<Seq> seq;
    std::optional<std::uint64_t> subject;
    // Of the remark that says why: the value as it stood, and what was asked for or allowed.
    std::optional<SignedAmount> balance;
    std::optional<SignedAmount> bound;
    std::optional<std::uint64_t> member;  // that an atomic was rejected for
    std::optional<Amount> taken;          // by a balancing transfer or a capture
};

struct Submit {
    Command command;
    // A transfer's accounts where it names them by code: the runner puts in their numbers.
    std::string debit_code;
    std::string credit_code;
    ExpectedReceipt expected;
    bool is_dry_run = false;
};

struct AskOutcome {
    Id128 key;
    ExpectedReceipt expected;
};

struct CheckBalance {
    std::string account;
    bool is_none = false;  // there is no such account
    std::optional<SignedAmount> posted;
    std::optional<SignedAmount> available;
    std::optional<Amount> debits;
    std::optional<Amount> credits;
    std::optional<Amount> held_debits;
    std::optional<Amount> held_credits;
    std::optional<std::uint64_t> version;
};

// From the next line on it is this late; that many holds expire at once.
struct SetClock {
    Stamp now;
    std::uint64_t expiries = 0;
};

struct CheckHead {
    Seq head;
};

// In each asset the debits of all accounts equal their credits.
struct CheckTrialBalance {};

struct Step {
    int line = 0;
    std::string text;
    std::variant<Submit, AskOutcome, CheckBalance, CheckHead, CheckTrialBalance, SetClock> what;
};

struct Scenario {
    std::string name;
    std::vector<Step> steps;
};

// The error names the file and the line.
std::expected<Scenario, std::string> parse_scenario(std::string name, std::string_view text);
std::expected<Scenario, std::string> read_scenario(const std::filesystem::path& file);

// All *.daybook files of the folder, by name.
std::vector<std::filesystem::path> scenario_files(const std::filesystem::path& folder);

}  // namespace daybook::scenarios

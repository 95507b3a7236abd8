// Rules: how statements are read and what may pass as the same movement beyond an exact match.
// The form of the file is in docs/reconciliation-rules.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "reconcile/line.h"
#include "reconcile/statement.h"

namespace daybook::reconcile {

// How a CSV statement is to be read. A column without a name is not there.
struct CsvMap {
    char separator = ',';
    char decimal = '.';
    std::string thousands;  // what may stand between the digits
    DayFormat day;
    std::uint64_t skipped_lines = 0;  // before the header
    bool is_newest_first = false;
    bool is_inverted = false;  // what it counts up decreases the account
    bool is_stated = false;    // by a rules file: each column named must be there

    std::string date = "date";
    std::string amount = "amount";  // signed, or unsigned with a direction
    std::string credit;             // instead of `amount`: what increases, unsigned
    std::string debit;              // and what decreases
    std::string direction;
    std::string increases;  // what `direction` says of a line that does
    std::string decreases;
    std::string balance = "balance";  // after the line
    std::string currency = "currency";
    std::string reference = "reference";
    std::string description = "description";
    std::string counterpart = "counterpart";
};

enum class CamtDay : std::uint8_t { booking, value };

// How a camt.053 is to be read.
struct CamtMap {
    CamtDay day = CamtDay::booking;  // on which an entry counts, where it states both
};

// Which lines a rule is about. Empty: any.
struct LineFilter {
    std::string reference_starts_with;
    std::string description_has;
    std::string counterpart_starts_with;
    std::optional<bool> increases;

    bool takes(const Line& line) const;
};

enum class ReferenceRule : std::uint8_t {
    compatible,  // equal, or at least one of the two states none
    equal,       // and stated
    ignored,
    in_description,  // the statement's description has the ledger's
};

struct Rule {
    std::string name;
    std::uint32_t days = 0;     // between the two lines, either way
    Amount amount_within = {};  // between the two amounts
    ReferenceRule reference = ReferenceRule::compatible;
    LineFilter ledger = {};
    LineFilter statement = {};
    // Several lines of this party are one of the other, to the last unit.
    std::optional<Party> many = {};
    std::uint32_t lines_max = 8;
};

// Which lines of a day may be taken for a group although no rule is about them. Among lines that
// have nothing in common chance finds sums too, and nobody sees the breaks that are gone.
enum class DayGroups : std::uint8_t {
    none,
    related,  // all of a day that have a reference, or else a counterpart, in common
    any,      // the few open lines of a day, if only one set adds up
};

struct Rules {
    std::uint32_t timing_days = 3;
    std::uint32_t date_days = 10;  // a line found so much later or earlier has a wrong date
    DayGroups group_same_day = DayGroups::related;
    CsvMap csv;
    CamtMap camt053;
    std::vector<Rule> rules;
    std::string hash;  // SHA-256 of the file; empty: these are the ones used without a file
};

inline constexpr std::uint32_t kRuleDaysMax = 366;
inline constexpr std::uint32_t kGroupLinesMax = 32;

// `bad_input` names the field and what it should be.
Result<Rules> parse_rules(std::string_view text, const Money& money);

std::string_view name_of(ReferenceRule rule);
std::string_view name_of(DayGroups groups);
std::string_view name_of(Party party);

// Lower-case hexadecimal.
std::string sha256_of(std::string_view bytes);

}  // namespace daybook::reconcile

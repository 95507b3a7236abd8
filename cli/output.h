// What every subcommand prints alike: errors, receipts, tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/account_names.h"
#include "ledger/command.h"
#include "schema/receipts.h"

namespace daybook::cli {

// `daybook: …` on standard error; returns the error's exit code.
int report(const Error& error);

// The exit code that a receipt stands for: 0 accepted, 1 rejected or refused for good, 65
// malformed, 75 worth sending again.
int exit_code_of(const schema::Receipt& receipt);

// One JSON object, without the line's end.
std::string receipt_json(const schema::Receipt& receipt, const Id128& key);

// One receipt, for people or as JSON, and its exit code. `key` is printed so that it can be asked
// for.
int print_receipt(const schema::Receipt& receipt, const Id128& key, bool as_json);
// The same; what it says to people is called by the names that are known.
int print_receipt(const schema::Receipt& receipt, const Command& command, AccountNames& names,
                  bool as_json);

// Columns as wide as their widest cell; the first row is the head. Columns named in `right_aligned`
// (by index) are flush right.
class Table {
public:
    explicit Table(std::vector<std::string> head, std::vector<std::size_t> right_aligned = {});
    void add(std::vector<std::string> row);
    std::string text() const;
    void print() const;

private:
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> right_aligned_;
};

}  // namespace daybook::cli

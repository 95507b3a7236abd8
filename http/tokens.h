// Tokens: who may what. A file has a line a token: the SHA-256 of the token, then what it may:
//
//     sha256:HEX producer=7 scopes=read,post accounts=users,fees:eu
//
// Without `accounts` it may everything its scopes say of any account; with it, only what concerns
// accounts under one of these paths. Empty lines and those that start with # say nothing.
// A token has one line. The file is read when the gateway starts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/numbers.h"

namespace daybook::http {

enum class Scope : std::uint8_t { read = 1, post = 2, admin = 4 };

struct Caller {
    ProducerId producer;  // none: whoever the sequencer takes this gateway for
    unsigned scopes = 0;
    std::vector<std::string> accounts = {};  // paths; empty: all accounts

    bool may(Scope scope) const { return (scopes & static_cast<unsigned>(scope)) != 0; }
    bool sees_all() const { return accounts.empty(); }
    // Whether the account is at or under one of the paths.
    bool sees(std::string_view account) const;
};

std::string_view name_of(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

class Tokens {
public:
    // Nobody needs one, and everybody may everything.
    Tokens() = default;
    // `bad_input` names the line that is wrong.
    static Result<Tokens> parse(std::string_view text);
    static Result<Tokens> read(const std::filesystem::path& file);

    bool are_needed() const { return are_needed_; }
    // Who sends the header `Authorization`; nothing when it is no token of ours.
    std::optional<Caller> caller_of(std::string_view authorization) const;

private:
    std::map<Hash256, Caller> callers_;
    bool are_needed_ = false;
};

// A new token of 256 random bits, and a line for the file.
struct NewToken {
    std::string token;
    std::string line;
};
NewToken make_token(const Caller& caller);

}  // namespace daybook::http

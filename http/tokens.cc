#include "http/tokens.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.h"
#include "ledger/form.h"

namespace daybook::http {

namespace {

constexpr std::array kScopes{Scope::read, Scope::post, Scope::admin};
constexpr std::string_view kPrefix = "daybook_";

Hash256 sha256(std::string_view text) {
    Hash256 hash;
    const int is_done =
        EVP_Digest(text.data(), text.size(), hash.bytes.data(), nullptr, EVP_sha256(), nullptr);
    CHECK_INVARIANT(is_done == 1, "SHA-256 is always there");
    return hash;
}

std::optional<Hash256> parse_hash(std::string_view text) {
    Hash256 hash;
    if (text.size() != 2 * hash.bytes.size()) return std::nullopt;
    for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
        const char* start = text.data() + 2 * i;
        const auto [end, error] = std::from_chars(start, start + 2, hash.bytes[i], 16);
        if (error != std::errc{} || end != start + 2) return std::nullopt;
    }
    return hash;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream{std::string{text}};
    for (std::string part; std::getline(stream, part, separator);)
        parts.push_back(std::move(part));
    return parts;
}

// What is wrong with `word`; empty when it was taken.
std::string take(std::string_view word, Caller& caller) {
    const auto at = word.find('=');
    if (at == std::string_view::npos) return "is not NAME=VALUE";
    const auto name = word.substr(0, at);
    const auto value = word.substr(at + 1);
    if (name == "producer") {
        std::uint32_t number = 0;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), number);
        const bool is_number = error == std::errc{} && end == value.data() + value.size();
        caller.producer = ProducerId{number};
        return is_number && number != 0 ? "" : "is not a producer's number from 1";
    }
    if (name == "scopes") {
        for (const auto& part : split(value, ',')) {
            const auto scope = parse_scope(part);
            if (!scope) return "names a scope other than read, post and admin";
            caller.scopes |= static_cast<unsigned>(*scope);
        }
        return caller.scopes == 0 ? "names no scope" : "";
    }
    if (name == "accounts") {
        caller.accounts = split(value, ',');
        const bool are_codes = !caller.accounts.empty() &&
                               std::ranges::all_of(caller.accounts, [](const std::string& path) {
                                   return is_account_code(path);
                               });
        return are_codes ? "" : "is not a list of account codes";
    }
    return "is none of producer, scopes and accounts";
}

Result<Caller> parse_caller(std::istringstream& words) {
    Caller caller;
    std::set<std::string> names;
    for (std::string word; words >> word;) {
        const bool is_new = names.insert(word.substr(0, word.find('='))).second;
        const auto wrong = is_new ? take(word, caller) : "is said twice";
        if (!wrong.empty()) return fail(ErrorCode::bad_input, "'" + word + "' " + wrong);
    }
    if (caller.producer == ProducerId{}) return fail(ErrorCode::bad_input, "producer= is missing");
    if (caller.scopes == 0) return fail(ErrorCode::bad_input, "scopes= is missing");
    return caller;
}

}  // namespace

std::string_view name_of(Scope scope) {
    switch (scope) {
        case Scope::read:
            return "read";
        case Scope::post:
            return "post";
        case Scope::admin:
            return "admin";
    }
    return "unknown";
}

std::optional<Scope> parse_scope(std::string_view text) {
    for (const Scope scope : kScopes) {
        if (text == name_of(scope)) return scope;
    }
    return std::nullopt;
}

bool Caller::sees(std::string_view account) const {
    return sees_all() || std::ranges::any_of(accounts, [&](const std::string& path) {
               return account.starts_with(path) &&
                      (account.size() == path.size() || account[path.size()] == ':');
           });
}

Result<Tokens> Tokens::parse(std::string_view text) {
    Tokens tokens;
    tokens.are_needed_ = true;
    std::size_t number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        std::istringstream words{line};
        std::string first;
        words >> first;
        if (first.empty() || first.starts_with('#')) continue;
        constexpr std::string_view kScheme = "sha256:";
        const auto hash = first.starts_with(kScheme)
                              ? parse_hash(std::string_view{first}.substr(kScheme.size()))
                              : std::nullopt;
        const auto place = "line " + std::to_string(number);
        if (!hash) {
            return fail(ErrorCode::bad_input,
                        place + ": starts with no sha256:HEX; make one by `daybook token`");
        }
        auto caller = parse_caller(words);
        if (!caller) return fail(caller.error(), place);
        // Of two lines one would be without effect, and perhaps it is the one that was meant.
        if (!tokens.callers_.emplace(*hash, *std::move(caller)).second) {
            return fail(ErrorCode::bad_input, place +
                                                  ": the same token as in a line above; a "
                                                  "token has one line");
        }
    }
    if (tokens.callers_.empty()) {
        return fail(ErrorCode::bad_input, "there is no token; make one by `daybook token`");
    }
    return tokens;
}

Result<Tokens> Tokens::read(const std::filesystem::path& file) {
    std::ifstream stream{file};
    std::ostringstream text;
    if (stream) text << stream.rdbuf();
    if (!stream) {
        return fail(ErrorCode::configuration, "cannot read the token file " + file.string());
    }
    auto tokens = parse(text.str());
    if (!tokens) return fail(tokens.error(), "the token file " + file.string());
    return tokens;
}

std::optional<Caller> Tokens::caller_of(std::string_view authorization) const {
    if (!are_needed_) {
        return Caller{{},
                      static_cast<unsigned>(Scope::read) | static_cast<unsigned>(Scope::post) |
                          static_cast<unsigned>(Scope::admin)};
    }
    constexpr std::string_view kBearer = "bearer ";
    const bool is_bearer =
        authorization.size() > kBearer.size() &&
        std::ranges::equal(authorization.substr(0, kBearer.size()), kBearer, {},
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    if (!is_bearer) return std::nullopt;
    // Looked up by its hash: how long that takes says nothing of the tokens.
    const auto found = callers_.find(sha256(authorization.substr(kBearer.size())));
    if (found == callers_.end()) return std::nullopt;
    return found->second;
}

NewToken make_token(const Caller& caller) {
    std::array<std::uint8_t, 32> random{};
    const int is_done = RAND_bytes(random.data(), static_cast<int>(random.size()));
    CHECK_INVARIANT(is_done == 1, "the system gives random bytes");
    NewToken made;
    made.token = std::string{kPrefix} + to_hex(random);
    made.line = "sha256:" + to_hex(sha256(made.token).bytes) +
                " producer=" + std::to_string(caller.producer.value()) + " scopes=";
    const char* comma = "";
    for (const Scope scope : kScopes) {
        if (!caller.may(scope)) continue;
        made.line += comma + std::string{name_of(scope)};
        comma = ",";
    }
    comma = " accounts=";
    for (const auto& path : caller.accounts) {
        made.line += comma + path;
        comma = ",";
    }
    return made;
}

}  // namespace daybook::http

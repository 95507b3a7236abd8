#include "http/tokens.h"

#include <catch2/catch.hpp>

namespace daybook::http {

TEST_CASE("a token made is a token read, and says what it may", "[http][tokens]") {
    const auto made = make_token({ProducerId{7}, 3, {"users", "fees:eu"}});
    const auto tokens = Tokens::parse("# ours\n\n" + made.line + "\n");
    REQUIRE(tokens);
    const auto caller = tokens->caller_of("Bearer " + made.token);
    REQUIRE(caller);
    CHECK(caller->producer == ProducerId{7});
    CHECK(caller->may(Scope::read));
    CHECK(caller->may(Scope::post));
    CHECK_FALSE(caller->may(Scope::admin));
    CHECK(made.line.find(made.token) == std::string::npos);
    CHECK(make_token({ProducerId{7}, 1, {}}).token != made.token);
}

TEST_CASE("only Bearer and a known token name a caller, once there are tokens", "[http][tokens]") {
    const auto made = make_token({ProducerId{1}, 7, {}});
    const auto tokens = Tokens::parse(made.line);
    REQUIRE(tokens);
    CHECK(tokens->caller_of("bearer " + made.token));
    CHECK_FALSE(tokens->caller_of(made.token));
    CHECK_FALSE(tokens->caller_of("Basic " + made.token));
    CHECK_FALSE(tokens->caller_of("Bearer " + made.token + "x"));
    CHECK_FALSE(tokens->caller_of(""));
    const auto anybody = Tokens{}.caller_of("");
    REQUIRE(anybody);
    CHECK(anybody->may(Scope::admin));
}

TEST_CASE("a path is the account and what is below it, nothing beside it", "[http][tokens]") {
    const Caller caller{ProducerId{1}, 7, {"users", "fees:eu"}};
    CHECK(caller.sees("users"));
    CHECK(caller.sees("users:alice"));
    CHECK(caller.sees("fees:eu"));
    CHECK_FALSE(caller.sees("users2"));
    CHECK_FALSE(caller.sees("fees"));
    CHECK_FALSE(caller.sees("fees:europe"));
    CHECK_FALSE(caller.sees_all());
}

TEST_CASE("a line of the token file that is wrong is named", "[http][tokens]") {
    const std::string hash = "sha256:" + std::string(64, 'a');
    for (const auto& line :
         {std::string{"sha256:12 producer=1 scopes=read"}, hash, hash + " producer=0 scopes=read",
          hash + " producer=1", hash + " producer=1 scopes=write", hash + " scopes=read",
          hash + " producer=1 scopes=read accounts=a::b", hash + " producer=1 scopes=read extra",
          hash + " producer=1 scopes=", hash + " producer=1 producer=2 scopes=read",
          hash + " producer=1 scopes=read accounts=users accounts=fees"}) {
        const auto tokens = Tokens::parse("# first\n" + line + "\n");
        INFO(line);
        REQUIRE_FALSE(tokens);
        CHECK(tokens.error().code == ErrorCode::bad_input);
        CHECK(tokens.error().detail.find("line 2") != std::string::npos);
    }
    CHECK_FALSE(Tokens::parse("# none\n"));
    const auto line = hash + " producer=1 scopes=read\n";
    const auto twice = Tokens::parse(line + hash + " producer=1 scopes=read accounts=users\n");
    REQUIRE_FALSE(twice);
    CHECK(twice.error().detail.find("line 2") != std::string::npos);
}

}  // namespace daybook::http

#include "http/request.h"

#include <catch2/catch.hpp>

namespace daybook::http {

TEST_CASE("an address is taken apart, its escapes decoded", "[http][request]") {
    const auto target = Target::parse("/v1/accounts/a%3Ab/entries?limit=5&reference=x%20y&flag");
    REQUIRE(target);
    CHECK(target->path == std::vector<std::string>{"v1", "accounts", "a:b", "entries"});
    REQUIRE(target->find("reference") != nullptr);
    CHECK(*target->find("reference") == "x y");
    CHECK(target->find("flag")->empty());
    CHECK(target->find("other") == nullptr);
    CHECK(Target::parse("/")->path.empty());
    CHECK(Target::parse("/v1/")->path == std::vector<std::string>{"v1", ""});
}

TEST_CASE("an address that is not well formed is none", "[http][request]") {
    for (const auto* text :
         {"", "v1", "http://x/", "/%", "/%2", "/%zz", "/%00", "/a%0Ab", "/?a=1&a=2", "/?a=%f"}) {
        INFO(text);
        CHECK_FALSE(Target::parse(text));
    }
}

TEST_CASE("what is encoded decodes to itself", "[http][request]") {
    const std::string text = "a b/c?d&e=f%g:h\"ž";
    const auto target = Target::parse("/" + encoded(text) + "?q=" + encoded(text));
    REQUIRE(target);
    CHECK(target->path.front() == text);
    CHECK(*target->find("q") == text);
}

TEST_CASE("a key is bare or an RFC 8941 string", "[http][request]") {
    CHECK(unquoted("abc") == "abc");
    CHECK(unquoted("\"abc\"") == "abc");
    CHECK(unquoted(R"("a\"b\\c")") == R"(a"b\c)");
    CHECK_FALSE(unquoted("\"abc"));
    CHECK_FALSE(unquoted("\"abc\"d"));
    CHECK_FALSE(unquoted(R"("a\b")"));
}

TEST_CASE("a Host is local by name or by the listen address, whatever its port",
          "[http][request]") {
    for (const auto* host : {"localhost", "LocalHost:80", "127.0.0.1", "127.0.0.1:7480", "[::1]",
                             "[::1]:7480", "10.0.0.1:1"}) {
        INFO(host);
        CHECK(is_local_host(host, "10.0.0.1:7480"));
    }
    for (const auto* host : {"", "evil.example", "localhost.evil.example:7480", "[::2]:7480",
                             "127.0.0.1, evil.example", "10.0.0.2:7480"}) {
        INFO(host);
        CHECK_FALSE(is_local_host(host, "10.0.0.1:7480"));
    }
}

TEST_CASE("a page asks its own site when its Origin is the Host", "[http][request]") {
    CHECK(is_same_site("http://localhost:7480", "LOCALHOST:7480"));
    CHECK(is_same_site("https://[::1]", "[::1]"));
    CHECK_FALSE(is_same_site("http://localhost:7481", "localhost:7480"));
    CHECK_FALSE(is_same_site("null", "null"));
    CHECK_FALSE(is_same_site("", ""));
}

TEST_CASE("If-None-Match is a list of tags, weak ones too, or any", "[http][request]") {
    for (const auto* text : {"\"5\"", "W/\"5\"", "\"4\", \"5\"", " * "}) {
        INFO(text);
        CHECK(names_etag(text, "\"5\""));
    }
    for (const auto* text : {"", "5", "\"4\"", "\"4\", \"6\"", "\"55\""}) {
        INFO(text);
        CHECK_FALSE(names_etag(text, "\"5\""));
    }
}

TEST_CASE("a traceparent of another form is dropped", "[http][request]") {
    const std::string right = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    CHECK(checked_traceparent(right) == right);
    CHECK(is_sampled(right));
    CHECK(is_sampled(right.substr(0, right.size() - 1) + "f"));
    CHECK_FALSE(is_sampled(right.substr(0, right.size() - 1) + "0"));
    CHECK_FALSE(is_sampled(""));
    CHECK(checked_traceparent("").empty());
    CHECK(checked_traceparent(right + "0").empty());
    CHECK(checked_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7-01").empty());
    CHECK(checked_traceparent("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01").empty());
}

TEST_CASE("Prefer says how long to wait, 30 s at most", "[http][request]") {
    CHECK(wait_in("wait=5") == 5U);
    CHECK(wait_in("respond-async, wait=0") == 0U);
    CHECK(wait_in("wait=100") == 30U);
    CHECK_FALSE(wait_in("wait=x"));
    CHECK_FALSE(wait_in("respond-async"));
    CHECK_FALSE(wait_in(""));
}

}  // namespace daybook::http

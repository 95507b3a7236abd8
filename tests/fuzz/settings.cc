// What people write into files and options: tokens, rules, periods, moments, ids, amounts, keys.
// The first byte says which.
#include <string>

#include "gateway/key.h"
#include "http/tokens.h"
#include "json/moment.h"
#include "ledger/amount.h"
#include "ledger/entry_id.h"
#include "ledger/form.h"
#include "reconcile/day.h"
#include "reconcile/rules.h"
#include "tests/fuzz/harness.h"

namespace daybook::fuzz {

const std::chrono::milliseconds kTimeLimit{5};

namespace {

const reconcile::Money kMoney{"USD", 2};

void check_tokens(std::string_view text) {
    const auto tokens = http::Tokens::parse(text);
    if (!tokens) return;
    must(tokens->are_needed(), "a file of tokens asks for one");
    must(!tokens->caller_of(""), "nothing is no token");
    static_cast<void>(tokens->caller_of(text));
}

void check_amount(std::string_view text) {
    if (const auto amount = parse_amount(text)) {
        must(parse_amount(to_string(*amount)) == amount, "an amount reads back as it is");
    }
    if (const auto amount = parse_signed_amount(text)) {
        must(parse_signed_amount(to_string(*amount)) == amount, "a balance reads back as it is");
    }
    // More digits behind the point make nothing wrong, as long as the number fits.
    const auto coarse = parse_decimal(text, 2);
    const auto fine = parse_decimal(text, 3);
    if (coarse && fine) {
        must(coarse->minor_units() * 10 == fine->minor_units(), "a scale is a power of ten");
    }
    static_cast<void>(reconcile::parse_money(text, kMoney));
}

void check_times(std::string_view text) {
    const auto moment = json::parse_moment(text);
    if (moment) {
        must(!moment->is_none(), "a moment is none that a Stamp cannot tell from none");
        // Only what is finer than microseconds is not shown.
        const auto shown = to_string(*moment);
        const auto again = json::parse_moment(shown);
        const bool is_shown = moment->nanoseconds() < 0 || moment->nanoseconds() >= 1000;
        must(!is_shown || (again && to_string(*again) == shown), "a moment reads back as shown");
    }
    const auto span = json::parse_time_span(text);
    if (span) must(span->count() > 0, "a span of time is more than nothing");
    const auto period = reconcile::parse_period(text);
    if (!period) return;
    must(period->from < period->to, "a period has a day");
    const auto again = reconcile::parse_period(reconcile::to_string(*period));
    must(again && *again == *period, "a period reads back as it is");
}

void check_names(std::string_view text) {
    if (const auto id = parse_id128(text)) {
        must(parse_id128(to_hex(id->bytes)) == id, "an id reads back as it is");
    }
    if (const auto hash = parse_hash256(text)) {
        must(to_hex(hash->bytes).size() == 64, "a hash has 64 digits");
    }
    if (const auto key = gateway::key_from_text(text)) {
        must(!key->is_none(), "a key is not none");
        must(gateway::key_from_text(gateway::to_uuid(*key)) == key, "a key reads back as it is");
    }
    if (const auto id = parse_entry_id(text)) {
        must(parse_entry_id(to_string(*id)) == id, "an entry's id reads back as it is");
    }
    if (is_account_code(text)) must(is_plain_text(text), "a code is plain text");
}

}  // namespace

void test_one(Bytes input) {
    Input parts{input};
    const auto what = parts.number();
    const auto text = text_of(parts.rest());
    switch (what % 6) {
        case 0:
            return check_tokens(text);
        case 1:
            return static_cast<void>(reconcile::parse_rules(text, kMoney));
        case 2:
            return check_amount(text);
        case 3:
            return check_times(text);
        case 4:
            return check_names(text);
        default: {
            // A pattern of days, and a day.
            const auto end = text.find('\n');
            const auto format = reconcile::DayFormat::parse(std::string{text.substr(0, end)});
            if (format && end != std::string_view::npos) {
                static_cast<void>(format->read(text.substr(end + 1)));
            }
        }
    }
}

}  // namespace daybook::fuzz

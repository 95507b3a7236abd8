// What answers to queries have in common: their front, and what they say of an account. Private to
// schema/'s sources.
#pragma once

#include <cstddef>
#include <expected>
#include <vector>

#include "base/bytes.h"
#include "schema/message.h"
#include "schema/query_answers.h"
#include "schema/wire_types.h"

namespace daybook::schema {

inline constexpr std::size_t kAnswerStart = kMessageHeaderBytes + sizeof(wire::Standing);

// Header and standing of an answer with `count` lines, which follow.
std::vector<std::byte> begin_answer(const MessageHeader& asked, MessageKind kind, const Id128& book,
                                    const Standing& standing, std::size_t count);

struct Answer {
    MessageHeader header;
    Standing standing;
    Bytes rest;  // its lines
};
// Refuses an answer of another kind.
std::expected<Answer, Malformation> begin_decoding(Bytes message, MessageKind kind);

wire::AccountBalance to_wire(const AccountBalance& line);
// Refuses what to_wire would not have written: names that are not known, bytes that mean nothing.
std::expected<AccountBalance, Malformation> read_balance(const wire::AccountBalance& stored);

}  // namespace daybook::schema

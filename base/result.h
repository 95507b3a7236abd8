// Result<T>: a value, or the operating error that prevented it.
// Refusals of the ledger are not errors (ledger/outcome.h); broken invariants are not either
// (base/check.h).
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace daybook {

// What kind of remedy an error needs. Each is one exit code of the `daybook` binary
// (cli/exit_code.h).
enum class ErrorCode {
    usage,          // the call itself is wrong
    bad_input,      // the data handed in is not what it should be
    not_found,      // no such input
    unreachable,    // the server does not answer
    cannot_create,  // an output could not be made
    io_failed,      // the disk said no; what is durable is unknown until a restart
    try_again,      // busy, starting, or held by another process
    damaged,        // stored bytes are not what was written, or belong to another book
    no_permission,
    configuration,
};

struct Error {
    ErrorCode code;
    std::string detail;  // one line that names the thing and the remedy
};

// std::expected, but dropping one without looking at it does not compile.
template <typename T>
class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using std::expected<T, Error>::expected;
};

inline std::unexpected<Error> fail(ErrorCode code, std::string detail) {
    return std::unexpected<Error>{Error{code, std::move(detail)}};
}

// Passes an error up one layer, saying what was being done.
inline std::unexpected<Error> fail(const Error& cause, const std::string& doing) {
    return std::unexpected<Error>{Error{cause.code, doing + ": " + cause.detail}};
}

}  // namespace daybook

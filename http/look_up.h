// look_up(): asks the reader that is kept for what is short: what answers to commands and readiness
// need, and nothing long may hold up. Private to http/'s sources.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "http/service.h"

namespace daybook::http {

// On the reader's thread.
template <typename T>
using Question = std::function<Result<T>(gateway::QueryClient&)>;

// Asks again while the answer is `try_again`, others between; `unreachable` when it does not come
// by the deadline.
template <typename T>
asio::awaitable<Result<T>> look_up(Service& service, Question<T> question, Deadline deadline) {
    using Outcome = Told<Result<T>>;
    for (;;) {
        auto waiting = std::make_shared<Waiting<Outcome>>(service.waits);
        const bool is_taken =
            service.facts.submit([waiting, question](Result<gateway::QueryClient*> client) {
                if (!waiting->is_wanted()) return;
                Outcome outcome{std::unexpected{Error{ErrorCode::unreachable, "no answer"}}, {}};
                if (client) {
                    outcome = {question(**client), (*client)->head()};
                } else {
                    outcome.value = std::unexpected{client.error()};
                }
                Waiting<Outcome>::post(waiting, std::move(outcome));
            });
        if (!is_taken) co_return fail(ErrorCode::try_again, "too many reads are waiting");
        auto outcome = co_await Waiting<Outcome>::wait(waiting, deadline);
        if (!outcome) co_return fail(ErrorCode::unreachable, "no answer in time");
        service.note_head(outcome->head);
        auto& value = outcome->value;
        const bool may_come = !value && value.error().code == ErrorCode::try_again;
        constexpr std::chrono::milliseconds kLookAgain{4};
        const bool is_over =
            service.waits.are_over() || std::chrono::steady_clock::now() + kLookAgain >= deadline;
        if (!may_come || is_over) co_return std::move(value);
        asio::steady_timer timer{service.executor, kLookAgain};
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace daybook::http

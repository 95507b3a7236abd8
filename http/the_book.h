// TheBook: the one book a gateway serves: the first that answers it. What it would say of one book
// is not true of another, so when another answers, the gateway has to end. Thread-safe. Private to
// http/'s sources.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace daybook::http {

class TheBook {
public:
    // `on_other` is called by whoever connects to another, with why.
    explicit TheBook(std::function<void(const Error&)> on_other) : on_other_{std::move(on_other)} {}

    // The client that was connected, unless it is of another book.
    template <typename Connected>
    Connected check(Connected client, const std::string& endpoint) {
        if (!client) return client;
        if (const auto other = check_book((*client)->book(), endpoint); !other) {
            return std::unexpected{other.error()};
        }
        return client;
    }

private:
    Result<void> check_book(const Id128& book, const std::string& endpoint) {
        {
            const std::lock_guard lock{mutex_};
            if (book_.is_none()) book_ = book;
            if (book_ == book) return {};
        }
        const Error other{ErrorCode::damaged, "book " + to_hex(book.bytes) + " answers at " +
                                                  endpoint + ", and book " + to_hex(book_.bytes) +
                                                  " is served; start the gateway anew"};
        on_other_(other);
        return std::unexpected{other};
    }

    std::function<void(const Error&)> on_other_;
    std::mutex mutex_;
    Id128 book_;  // never changes once it is known
};

}  // namespace daybook::http

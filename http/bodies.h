// Bodies: how much memory the bodies of requests under way take, of all callers and of each
// producer; what is too much is refused by its header. The HTTP thread's. Private to http/'s
// sources.
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "http/problem.h"
#include "ledger/numbers.h"

namespace daybook::http {

class Bodies {
public:
    // At most so many bytes in all, and so many of one producer.
    Bodies(std::size_t all_max, std::size_t of_producer_max)
        : all_max_{all_max}, of_producer_max_{of_producer_max} {}

    // Why there is no room for so many more of this producer's; nothing when there is.
    std::optional<Problem> check(ProducerId producer, std::size_t bytes) const;

    // Room that is taken while it lives.
    class Held {
    public:
        Held(Bodies& bodies, ProducerId producer, std::size_t bytes);
        ~Held();
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        Held(Held&&) = delete;
        Held& operator=(Held&&) = delete;

    private:
        Bodies& bodies_;
        ProducerId producer_;
        std::size_t bytes_;
    };

private:
    std::size_t all_max_;
    std::size_t of_producer_max_;
    std::size_t all_ = 0;
    std::map<ProducerId, std::size_t> of_producers_;  // those that have any
};

}  // namespace daybook::http

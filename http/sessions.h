// Sessions: the connections that are open. The HTTP thread's. Private to http/'s sources.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <utility>

#include "http/waiting.h"

namespace daybook::http {

// Those that are late are interrupted, those that are idle are
// closed on stopping.
class Sessions {
public:
    // Ends what a connection waits for; it stays open, so that it can be told why.
    using Interrupt = std::function<void()>;

    struct Entry {
        Interrupt interrupt;
        Deadline deadline = Deadline::max();
        bool is_idle = true;
        bool is_late = false;

        void expire_after(std::chrono::seconds time) {
            deadline = std::chrono::steady_clock::now() + time;
            is_late = false;
        }
        void expire_never() { deadline = Deadline::max(); }
    };
    using Place = std::list<Entry>::iterator;

    Place add(Interrupt interrupt) {
        return entries_.insert(entries_.end(), {std::move(interrupt)});
    }
    void remove(Place place) { entries_.erase(place); }
    void interrupt_late();
    void interrupt_idle();
    // Also those that are in time: they are told that they were late.
    void interrupt_all();
    bool are_empty() const { return entries_.empty(); }

private:
    std::list<Entry> entries_;
};

}  // namespace daybook::http

// Parked: queries that wait until what they ask to be seen is there. Bounded for each peer and in
// all. One thread: the query server's. Private to projector/'s sources.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <utility>

#include "projector/query_socket.h"
#include "schema/query.h"

namespace daybook::projector {

struct ParkedQuery {
    PeerId peer = 0;
    schema::AskedQuery asked;
    std::chrono::steady_clock::time_point until;
};

class Parked {
public:
    // False when the peer, or all together, have too many waiting.
    bool add(ParkedQuery query);
    // Takes those out for which `is_done` says so.
    template <typename IsDone>
    void remove_if(const IsDone& is_done);
    bool is_empty() const { return queries_.empty(); }

private:
    // A query has up to 256 KiB. Of a peer, as many as can be answered at one go: half of what the
    // socket holds for it.
    static constexpr std::size_t kPeerMax = 4;
    static constexpr std::size_t kAllMax = 256;

    std::list<ParkedQuery> queries_;
    std::map<PeerId, std::size_t> by_peer_;
};

inline bool Parked::add(ParkedQuery query) {
    if (queries_.size() >= kAllMax) return false;
    auto& count = by_peer_[query.peer];
    if (count >= kPeerMax) return false;
    ++count;
    queries_.push_back(std::move(query));
    return true;
}

template <typename IsDone>
void Parked::remove_if(const IsDone& is_done) {
    for (auto query = queries_.begin(); query != queries_.end();) {
        if (!is_done(*query)) {
            ++query;
            continue;
        }
        const auto count = by_peer_.find(query->peer);
        if (--count->second == 0) by_peer_.erase(count);
        query = queries_.erase(query);
    }
}

}  // namespace daybook::projector

#include "http/bodies.h"

namespace daybook::http {

std::optional<Problem> Bodies::check(ProducerId producer, std::size_t bytes) const {
    if (all_ + bytes > all_max_) return Problem{"overloaded", "too many bodies are on their way"};
    const auto own = of_producers_.find(producer);
    const std::size_t held = own == of_producers_.end() ? 0 : own->second;
    if (held + bytes <= of_producer_max_) return std::nullopt;
    return Problem{"too_many_waiting", "too many bodies of yours are on their way"};
}

Bodies::Held::Held(Bodies& bodies, ProducerId producer, std::size_t bytes)
    : bodies_{bodies}, producer_{producer}, bytes_{bytes} {
    bodies_.all_ += bytes_;
    bodies_.of_producers_[producer_] += bytes_;
}

Bodies::Held::~Held() {
    bodies_.all_ -= bytes_;
    const auto own = bodies_.of_producers_.find(producer_);
    own->second -= bytes_;
    if (own->second == 0) bodies_.of_producers_.erase(own);
}

}  // namespace daybook::http

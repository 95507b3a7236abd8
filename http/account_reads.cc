#include "http/account_reads.h"

#include <algorithm>
#include <span>
#include <utility>

#include <spdlog/spdlog.h>

namespace daybook::http {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {
constexpr std::size_t kQueriesAtOnce = 2;
constexpr milliseconds kLookAgain{2};
}  // namespace

AccountReads::AccountReads(const Options& options, Waits& waits,
                           Workers<gateway::QueryClient>& readers)
    : waits_{waits}, readers_{readers}, projection_{options.projection} {
    if (projection_.empty()) return;
    auto opened = projector::Balances::open(projection_);
    if (opened) {
        here_ = *std::move(opened);
    } else {
        spdlog::warn("accounts are read by query: {}", opened.error().detail);
    }
}

Result<AccountAt> AccountReads::find_here(const std::string& code) {
    const auto view = here_->view();
    if (!view) return std::unexpected{view.error()};
    AccountAt found{{code, {}, {}}, view->watermark().seq};
    const auto number = view->find(code);
    if (!number) return std::unexpected{number.error()};
    if (!*number) return found;
    const auto account = view->account(**number);
    if (!account) return std::unexpected{account.error()};
    const auto balance = view->balance(**number);
    if (!balance) return std::unexpected{balance.error()};
    if (!*account || !*balance) return fail(ErrorCode::damaged, "an account without its facts");
    const auto asset = view->asset((*account)->asset);
    if (!asset) return std::unexpected{asset.error()};
    if (!*asset) return fail(ErrorCode::damaged, "an account without its asset");
    found.details.limits = (*account)->limits;
    found.details.balance = {.number = **number,
                             .asset = (*account)->asset,
                             .asset_code = (*asset)->code,
                             .scale = (*asset)->scale,
                             .type = (*account)->type,
                             .state = (*account)->state,
                             .totals = (*balance)->totals,
                             .version = (*balance)->version,
                             .last = (*balance)->last,
                             .opened = (*account)->opened};
    return found;
}

asio::awaitable<Result<AccountAt>> AccountReads::find(std::string code, Seq min_seq,
                                                      Deadline deadline) {
    for (;;) {
        Result<AccountAt> found = fail(ErrorCode::unreachable, "no answer");
        if (here_) {
            found = find_here(code);
        } else {
            auto waiting = std::make_shared<Waiting<Result<AccountAt>>>(waits_);
            gathered_.push_back({code, waiting});
            send();
            const auto patience = std::max(deadline, steady_clock::now() + milliseconds{5000});
            auto answered = co_await Waiting<Result<AccountAt>>::wait(waiting, patience);
            if (answered) found = *std::move(answered);
        }
        if (!found || found->as_of >= min_seq) co_return found;
        if (steady_clock::now() + kLookAgain >= deadline || waits_.are_over()) {
            co_return fail(ErrorCode::try_again, "at seq " + std::to_string(found->as_of.value()) +
                                                     ", before " + std::to_string(min_seq.value()));
        }
        asio::steady_timer timer{waits_.executor(), kLookAgain};
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void AccountReads::send() {
    while (!gathered_.empty() && on_their_way_ < kQueriesAtOnce) {
        const auto count = std::min(gathered_.size(), schema::kCodesMax);
        const auto end = gathered_.begin() + static_cast<std::ptrdiff_t>(count);
        std::vector<Asked> asked{std::make_move_iterator(gathered_.begin()),
                                 std::make_move_iterator(end)};
        gathered_.erase(gathered_.begin(), end);
        const bool is_taken =
            readers_.submit([this, asked](const Result<gateway::QueryClient*>& client) {
                answer(asked, client);
                asio::post(waits_.executor(), [this] {
                    --on_their_way_;
                    send();
                });
            });
        if (is_taken) {
            ++on_their_way_;
            continue;
        }
        for (const auto& each : asked)
            each.waiting->give(fail(ErrorCode::try_again, "too many reads are waiting"));
    }
}

// On a worker's thread. An answer may have fewer lines than were asked for.
void AccountReads::answer(const std::vector<Asked>& asked,
                          const Result<gateway::QueryClient*>& client) {
    std::vector<std::string> codes;
    for (const auto& each : asked)
        codes.push_back(each.code);
    std::size_t done = 0;
    while (done < asked.size()) {
        auto answered = client ? (*client)->account_details(std::span{codes}.subspan(done))
                               : Result<schema::DetailedAccounts>{std::unexpected{client.error()}};
        if (!answered || answered->lines.empty()) {
            const auto error = answered ? Error{ErrorCode::damaged, "no line"} : answered.error();
            for (; done < asked.size(); ++done)
                Waiting<Result<AccountAt>>::post(asked[done].waiting, std::unexpected{error});
            return;
        }
        for (auto& line : answered->lines) {
            if (!line.was_open_at(answered->as_of)) line.balance = {};
            Waiting<Result<AccountAt>>::post(asked[done++].waiting,
                                             AccountAt{std::move(line), answered->as_of});
        }
    }
}

}  // namespace daybook::http

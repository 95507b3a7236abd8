// Whether a caller may touch what a command touches.
#include <algorithm>

#include "http/render.h"
#include "http/writing.h"
#include "schema/record.h"
#include "schema/run.h"

namespace daybook::http {

namespace {

bool is_of_admin(CommandKind kind) {
    return kind == CommandKind::define_asset || kind == CommandKind::open_account ||
           kind == CommandKind::set_account_state || kind == CommandKind::set_limits;
}

// An asset is of no account's path.
bool defines_asset(const Command& command) {
    const auto* atomic = std::get_if<Atomic>(&command);
    if (atomic == nullptr) return kind_of(command) == CommandKind::define_asset;
    return std::ranges::any_of(atomic->members, [](const Member& member) {
        return kind_of(member) == CommandKind::define_asset;
    });
}

// The records whose hold or entry the command, or a member of it, is about.
std::vector<Seq> records_about(const Command& command) {
    std::vector<Seq> seqs;
    const auto add = [&](const auto& stated) {
        if constexpr (requires { stated.hold; }) {
            if (!stated.hold.is_of_this_seq()) seqs.push_back(stated.hold.seq());
        }
        if constexpr (requires { stated.entry; }) {
            if (!stated.entry.is_of_this_seq()) seqs.push_back(stated.entry.seq());
        }
    };
    std::visit(add, command);
    if (const auto* atomic = std::get_if<Atomic>(&command)) {
        for (const auto& member : atomic->members)
            std::visit(add, member);
    }
    return seqs;
}

// The accounts a record touched; nothing when there is no such record yet.
Result<std::optional<std::vector<AccountNumber>>> touched(gateway::QueryClient& client, Seq seq) {
    const auto page = client.records(seq, 1);
    if (!page) return std::unexpected{page.error()};
    schema::RunReader runs{page->runs};
    schema::Run run;
    const bool has_it = !runs.is_at_end() && runs.next(run) == Malformation::none &&
                        !run.records.empty() && run.first == seq;
    if (!has_it) return std::nullopt;
    const auto record = schema::RecordView::parse(run.records.front());
    if (!record) return std::unexpected{record.error()};
    std::vector<AccountNumber> numbers;
    for (std::size_t i = 0; i < record->touch_count(); ++i)
        numbers.push_back(record->touch(i).account);
    return numbers;
}

// Whether the caller sees all that the records touched: 200, 403, or 404 when one of them is not
// there. What is there up to `known` is waited for. Who sees some accounts alone may not speak of
// a record before it is there, nor of one that touched nothing: nobody could say whose it is.
Result<Answer> look_at(const ReadCall& call, const Caller& caller, const std::vector<Seq>& seqs,
                       Seq known, Names& names) {
    Answer seen;
    for (const Seq seq : seqs) {
        const auto numbers = touched(call.client, seq);
        if (!numbers) return std::unexpected{numbers.error()};
        if (!*numbers && seq <= known) {
            return fail(ErrorCode::try_again, "before seq " + std::to_string(seq.value()));
        }
        if (!*numbers) {
            seen.status = 404;
            return seen;
        }
        if ((*numbers)->empty()) seen.status = 403;
        const auto learned = names.learn(call.client, **numbers);
        if (!learned) return std::unexpected{learned.error()};
        for (const AccountNumber number : **numbers) {
            const auto* name = learned->find(number);
            if (name == nullptr || !caller.sees(name->code)) seen.status = 403;
        }
    }
    return seen;
}

}  // namespace

bool needs_admin(const Command& command) {
    const auto* atomic = std::get_if<Atomic>(&command);
    if (atomic == nullptr) return is_of_admin(kind_of(command));
    return std::ranges::any_of(atomic->members,
                               [](const Member& member) { return is_of_admin(kind_of(member)); });
}

asio::awaitable<std::optional<Problem>> check_accounts(Service& service, const Request& request,
                                                       const Command& command) {
    const Caller caller = request.caller;
    if (caller.sees_all()) co_return std::nullopt;
    const Problem forbidden{"forbidden", "the token is for other accounts"};
    if (defines_asset(command)) co_return forbidden;
    for (const auto& code : codes_in(command)) {
        if (!caller.sees(code)) co_return forbidden;
    }
    const auto seqs = records_about(command);
    if (seqs.empty()) co_return std::nullopt;
    const Seq min_seq{parse_digits(request.min_seq).value_or(0)};
    const Seq known = std::max(service.head(), min_seq);
    const Read look = [&service, caller, seqs, known](const ReadCall& call) {
        return look_at(call, caller, seqs, known, service.names);
    };
    const auto answer = co_await read(service, request, look);
    if (answer.status == 403) co_return forbidden;
    if (answer.status == 404) {
        co_return Problem{"record_unknown",
                          "the token is for some accounts, and there is no record "
                          "yet that could be of them"};
    }
    if (answer.status != 200) co_return Problem{"read_unavailable"};
    co_return std::nullopt;
}

}  // namespace daybook::http

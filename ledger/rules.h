// Rules: one ladder of refusals for each kind of command. The rungs stand in the order of their
// precedence (docs/REJECTIONS.md); past the last one the command succeeds. Private to ledger/.
#pragma once

#include <span>

#include "ledger/command.h"
#include "ledger/draft.h"
#include "ledger/legs.h"

namespace daybook {

// rules_entry.cc
void decide_stated(Draft& draft, const Transfer& transfer);
void decide_stated(Draft& draft, const PostEntry& entry);
// rules_reversal.cc
void decide_stated(Draft& draft, const ReverseEntry& reversal);
// rules_hold.cc
void decide_stated(Draft& draft, const PlaceHold& stated);
void decide_stated(Draft& draft, const CaptureHold& stated);
void decide_stated(Draft& draft, const ReleaseHold& stated);
void decide_stated(Draft& draft, const ExpireHold& stated);
// rules_account.cc
void decide_stated(Draft& draft, const DefineAsset& asset);
void decide_stated(Draft& draft, const OpenAccount& stated);
void decide_stated(Draft& draft, const SetAccountState& stated);
void decide_stated(Draft& draft, const SetLimits& stated);

// exchange.cc: false when it has rejected. The entry is balanced.
bool check_rate(Draft& draft, std::span<const Leg> legs, const Rate& rate, AccountNumber residue);

}  // namespace daybook

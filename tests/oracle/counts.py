"""Counts what the checked streams have hit, so that a run that never tried something is noticed.
As a table for people, as one JSON object for sums over several runs."""

KINDS = ("transfer", "define_asset", "open_account", "post_entry", "place_hold", "capture_hold",
         "release_hold", "expire_hold", "reverse_entry", "set_account_state", "set_limits", "atomic")
ALONE = ("transfer", "expire_hold", "atomic")  # never a member
REJECTIONS = (
    "voided", "asset_exists", "asset_exists_with_different_scale", "asset_not_found", "account_exists",
    "account_exists_with_different_terms", "account_not_found", "same_account", "account_closed",
    "account_frozen", "unbalanced", "overflow", "insufficient_funds", "limit_exceeded",
    "precondition_failed", "reference_exists", "hold_not_found", "hold_captured", "hold_released",
    "hold_expired", "exceeds_hold", "hold_expiry_passed", "entry_not_found", "reversal_of_reversal",
    "posting_count_differs", "already_reversed", "exceeds_original", "rate_not_applicable",
    "rate_mismatch", "account_state_unchanged", "limits_unchanged", "account_not_empty",
    "account_has_holds", "too_many_touches",
)


class Counts:
    def __init__(self):
        self.totals = dict.fromkeys(("streams", "submissions", "records", "differences", "replays",
                                     "key_reuses", "expiries"), 0)
        self.accepted = dict.fromkeys(KINDS, 0)
        self.members = dict.fromkeys((kind for kind in KINDS if kind not in ALONE), 0)
        self.rejected = dict.fromkeys(REJECTIONS, 0)

    def add_answer(self, answer):
        self.totals["submissions"] += 1
        if "replayed" in answer:
            self.totals["replays"] += 1
        elif answer["verdict"] == "refused":
            self.totals["key_reuses"] += 1

    def add_record(self, record):
        self.totals["records"] += 1
        if record["outcome"] == "rejected":
            self.rejected[record["code"]] += 1
            return
        kind = record["kind"]
        self.accepted[kind] += 1
        if kind == "expire_hold":
            self.totals["expiries"] += 1
        elif kind == "atomic":
            for member in record["command"]["commands"]:
                self.members[member["kind"]] += 1

    def hit_less_than(self, least):
        """Names what was hit fewer times, with how often it was."""
        hits = {**self.accepted, **self.rejected}
        return [f"{name}: {count}" for name, count in hits.items() if count < least]

    def as_object(self):
        return {**self.totals, "accepted": self.accepted, "members": self.members, "rejected": self.rejected}

    def as_table(self):
        lines = [row(name, count) for name, count in self.totals.items()]
        lines += ["", f"{'accepted':<40}{'alone':>12}{'as member':>12}"]
        lines += [row(kind, self.accepted[kind], self.members.get(kind, "-")) for kind in KINDS]
        lines += ["", "rejected"]
        lines += [row(code, count) for code, count in self.rejected.items()]
        return "\n".join(lines)


def row(name, *cells):
    return f"{name:<40}" + "".join(f"{cell:>12}" for cell in cells)

"""What after-images alone say: versions and back pointers without gap, every asset in balance after every
record. An opinion that rests on no rule."""
from journal_bytes import Damage


class Account:
    def __init__(self):
        self.version = 0
        self.posted = (0, 0)
        self.held = (0, 0)
        self.trees = []  # (touches, root): Myers' skew-binary numbers, largest first


class Fold:
    def __init__(self, asset_of):
        self.accounts = {}
        self._asset_of = asset_of  # account number → asset number; None for one that is not open
        self._surplus = {}  # debits minus credits, posted and held, by asset

    def take(self, record):
        """Takes the jumps out."""
        seq = int(record["seq"])
        touched = set()
        for index, touch in enumerate(record["touches"]):
            number = touch["account_number"]
            asset = self._asset_of(number)
            if asset is None:
                raise Damage(seq, f"it touches account {number}, which is not open")
            touched.add(asset)
            account = self.accounts.setdefault(number, Account())
            if int(touch["version"]) != account.version + 1:
                raise Damage(seq, f"account {number}: version {touch['version']} after {account.version}")
            account.version += 1
            prev, jump = push(account.trees, (seq, index))
            found = touch.pop("jump", None)
            if pointer(touch.get("prev")) != prev or pointer(found) != jump:
                raise Damage(seq, f"account {number}: prev {touch.get('prev')} and jump {found}, not {prev} and {jump}")
            posted = int(touch["posted_debits"]), int(touch["posted_credits"])
            held = int(touch["held_debits"]), int(touch["held_credits"])
            surplus = self._surplus.setdefault(asset, [0, 0])
            for place, before, after in ((0, account.posted, posted), (1, account.held, held)):
                surplus[place] += (after[0] - before[0]) - (after[1] - before[1])
            account.posted, account.held = posted, held
        for asset in touched:
            if any(self._surplus[asset]):
                raise Damage(seq, f"asset {asset} is out of balance by {self._surplus[asset]}")


def pointer(found):
    return (int(found["seq"]), found["touch"]) if found else None


def push(trees, place):
    """The touch before and the jump of a new touch."""
    prev = trees[-1][1] if trees else None
    if len(trees) >= 2 and trees[-1][0] == trees[-2][0]:
        size = trees.pop()[0] + trees.pop()[0] + 1
        jump = trees[-1][1] if trees else None
        trees.append((size, place))
        return prev, jump
    trees.append((1, place))
    return prev, prev

"""RFC 6962 trees and proofs, from the RFC: roots, audit paths, consistency, each by the definition."""
import hashlib


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def leaf(data):
    return sha256(b"\x00", data)


def node(left, right):
    return sha256(b"\x01", left, right)


def split(count):
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    """Of hashes of leaves."""
    if not leaves:
        return sha256()
    level = list(leaves)
    while len(level) > 1:  # an odd one goes up as it is: the same tree
        level = [node(*level[i:i + 2]) if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
    return level[0]


class Tree:
    """One that grows, kept as the peaks of its full subtrees."""

    def __init__(self):
        self.count = 0
        self.peaks = []  # (leaves below it, hash)

    def add(self, data):
        top = (1, leaf(data))
        while self.peaks and self.peaks[-1][0] == top[0]:
            size, left = self.peaks.pop()
            top = (2 * size, node(left, top[1]))
        self.peaks.append(top)
        self.count += 1

    def root(self):
        if not self.peaks:
            return sha256()
        folded = self.peaks[-1][1]
        for _, peak in reversed(self.peaks[:-1]):
            folded = node(peak, folded)
        return folded


def root_by_path(leaf_hash, index, count, path):
    """The root that an audit path leads to; None when it has not the length it must have."""
    if not 0 <= index < count:
        return None
    path = list(path)

    def up(low, high):
        if high - low == 1:
            return leaf_hash
        middle = low + split(high - low)
        if index < middle:
            below = up(low, middle)
            return node(below, path.pop(0)) if below and path else None
        below = up(middle, high)
        return node(path.pop(0), below) if below and path else None

    found = up(0, count)
    return None if path else found


def roots_by_consistency(old_root, old, new, path):
    """The roots of the trees of `old` and `new` leaves that a consistency proof leads to, or None."""
    path = list(path)
    if not 0 < old <= new:
        return None
    if old == new:
        return None if path else (old_root, old_root)

    def up(low, high, is_complete):
        # What the subtree [low, high) is in the old tree, and in the new one.
        if high <= old:
            if is_complete:
                return old_root, old_root
            given = path.pop(0) if path else None
            return (given, given) if given else None
        middle = low + split(high - low)
        if old <= middle:
            left = up(low, middle, is_complete)
            right = path.pop(0) if path else None
            return (left[0], node(left[1], right)) if left and right else None
        right = up(middle, high, False)
        left = path.pop(0) if path else None
        return (node(left, right[0]), node(left, right[1])) if left and right else None

    found = up(0, new, True)
    return None if path else found

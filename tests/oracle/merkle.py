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


def path_length(index, count):
    """How many hashes the audit path of a leaf has."""
    low, high, length = 0, count, 0
    while high - low > 1:
        middle = low + split(high - low)
        low, high = (low, middle) if index < middle else (middle, high)
        length += 1
    return length


def root_before(index, count, path):
    """The root of the leaves before this one: its audit path has them, in the nodes on the left."""
    path, left, low, high = list(path), [], 0, count
    while high - low > 1:  # from the root down: the path is from the leaf up
        middle = low + split(high - low)
        beside = path.pop()
        if index < middle:
            high = middle
        else:
            left.append(beside)
            low = middle
    if not left:
        return sha256()
    folded = left.pop()
    while left:
        folded = node(left.pop(), folded)
    return folded

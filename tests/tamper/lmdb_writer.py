"""Writes an LMDB 0.9 file from keys and values, page by page, as LMDB itself would lay them out: what a
tamperer who knows the format can leave behind, with nothing wrong in it."""
import struct

PAGE = 4096
HEADER_BYTES = 16
NODE = struct.Struct("<HHHH")
DATABASE = struct.Struct("<IHHQQQQQ")
BRANCH, LEAF, OVERFLOW, META = 1, 2, 4, 8
BIG_DATA, SUB_DATABASE = 1, 2
NOTHING = 2**64 - 1
NODE_BYTES_MAX = 2038  # larger ones go to overflow pages
MAP_BYTES = 1 << 40
SPARE_PAGES = 64  # a journal's file is longer than its last page


class Writer:
    def __init__(self):
        self._pages = [bytes(PAGE), bytes(PAGE)]  # the meta pages come last

    def database(self, items, flags=0):
        """Its 48 bytes. `items`: (key, value) in order."""
        self._overflow_count = self._leaf_count = self._branch_count = 0
        level = self._pages_of([self._leaf_node(key, value) for key, value in items], LEAF)
        self._leaf_count = len(level)
        depth = 1 if level else 0
        while len(level) > 1:
            nodes = [(key if place else b"", branch_node(key if place else b"", page))
                     for place, (key, page) in enumerate(level)]
            lower = self._pages_of(nodes, BRANCH)
            # The first key of a branch is never looked at, but the level above needs it.
            level = [(level[place][0], page) for place, page in zip(self._starts, (page for _, page in lower))]
            self._branch_count += len(level)
            depth += 1
        root = level[0][1] if level else NOTHING
        return DATABASE.pack(0, flags, depth, self._branch_count, self._leaf_count, self._overflow_count, len(items), root)

    def file(self, main, transaction=9):
        """The whole file, `main` being the bytes of the main database."""
        free = DATABASE.pack(PAGE, 8, 0, 0, 0, 0, 0, NOTHING)
        for number in (0, 1):
            at = transaction - (transaction - number) % 2
            page = struct.pack("<QHHI", number, 0, META, 0) + struct.pack("<IIQQ", 0xBEEFC0DE, 1, 0, MAP_BYTES)
            page += free + main + struct.pack("<QQ", len(self._pages) - 1, at)
            self._pages[number] = page.ljust(PAGE, b"\0")
        return b"".join(self._pages) + bytes(SPARE_PAGES * PAGE)

    def main(self, databases):
        """Of named databases, by name."""
        nodes = [(name, NODE.pack(len(value), 0, SUB_DATABASE, len(name)) + name + value)
                 for name, value in sorted(databases.items())]
        pages = self._pages_of(nodes, LEAF)
        if len(pages) != 1:
            raise ValueError("the names of the databases fill more than a page")
        return DATABASE.pack(0, 0, 1, 0, 1, 0, len(databases), pages[0][1])

    def _leaf_node(self, key, value):
        if NODE.size + len(key) + len(value) <= NODE_BYTES_MAX:
            return key, NODE.pack(len(value) & 0xffff, len(value) >> 16, 0, len(key)) + key + value
        count = (HEADER_BYTES + len(value) + PAGE - 1) // PAGE
        first = len(self._pages)
        whole = struct.pack("<QHHI", first, 0, OVERFLOW, count) + value
        whole = whole.ljust(count * PAGE, b"\0")
        self._pages += [whole[at:at + PAGE] for at in range(0, len(whole), PAGE)]
        self._overflow_count += count
        node = NODE.pack(len(value) & 0xffff, len(value) >> 16, BIG_DATA, len(key)) + key + struct.pack("<Q", first)
        return key, node

    def _pages_of(self, nodes, kind):
        """(first key, page number) of the pages that the nodes fill; where each begins is left in _starts."""
        pages, group, room = [], [], PAGE - HEADER_BYTES
        self._starts = []
        for place, (key, node) in enumerate(nodes):
            size = len(node) + len(node) % 2 + 2
            if group and size > room:
                pages.append((group[0][0], self._page(group, kind)))
                group, room = [], PAGE - HEADER_BYTES
            if not group:
                self._starts.append(place)
            group.append((key, node))
            room -= size
        if group:
            pages.append((group[0][0], self._page(group, kind)))
        return pages

    def _page(self, group, kind):
        number, upper, offsets, body = len(self._pages), PAGE, [], {}
        for _, node in group:
            upper -= len(node) + len(node) % 2
            offsets.append(upper)
            body[upper] = node
        page = bytearray(PAGE)
        lower = HEADER_BYTES + 2 * len(offsets)
        struct.pack_into("<QHHHH", page, 0, number, 0, kind, lower, upper)
        struct.pack_into(f"<{len(offsets)}H", page, HEADER_BYTES, *offsets)
        for at, node in body.items():
            page[at:at + len(node)] = node
        self._pages.append(bytes(page))
        return number


def branch_node(key, page):
    return NODE.pack(page & 0xffff, page >> 16 & 0xffff, page >> 32, len(key)) + key


def write_file(databases):
    """A file of named databases, each a list of (key, value) in order."""
    writer = Writer()
    named = {name.encode(): writer.database(items) for name, items in databases.items()}
    return writer.file(writer.main(named))

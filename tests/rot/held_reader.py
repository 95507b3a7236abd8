#!/usr/bin/python3
"""Readers of an LMDB file that behave badly. Needs python3-lmdb; exit code 77 without.

usage: held_reader.py DIRECTORY slots N     N read transactions at once, until standard input ends
       held_reader.py DIRECTORY killed N    N processes that are killed while they read
       held_reader.py DIRECTORY tamper      makes the lock file say that the last commit was the one before
"""
import mmap
import os
import signal
import struct
import sys

try:
    import lmdb
except ImportError:
    sys.exit(77)

TXN_AT, PAGE = 144, 4096


def begin(directory):
    env = lmdb.open(directory, readonly=True, create=False, max_dbs=10, max_readers=1024, map_size=1 << 40)
    return env, env.begin()


def hold_slots(directory, count):
    env, first = begin(directory)
    held, refused = [first], 0
    for _ in range(count - 1):
        try:
            held.append(env.begin())
        except lmdb.ReadersFullError:
            refused += 1
    print(len(held), refused, flush=True)
    sys.stdin.read()


def kill_readers(directory, count):
    for first in range(0, count, 50):
        children = []
        for _ in range(min(50, count - first)):
            ready, say = os.pipe()
            child = os.fork()
            if child == 0:
                try:
                    kept = begin(directory)
                    os.write(say, b"r" if kept else b"")
                except lmdb.Error:
                    os.write(say, b"n")
                signal.pause()
            os.close(say)
            children.append((child, ready))
        for child, ready in children:
            os.read(ready, 1)
            os.close(ready)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    print(count, flush=True)


def tamper(directory):
    with open(f"{directory}/data.mdb", "rb") as data:
        pages = data.read(2 * PAGE)
    last = max(struct.unpack_from("<Q", pages, page + TXN_AT)[0] for page in (0, PAGE))
    with open(f"{directory}/lock.mdb", "r+b") as file, mmap.mmap(file.fileno(), 0) as lock:
        at = next(at for at in range(0, 512, 8) if struct.unpack_from("<Q", lock, at)[0] == last)
        struct.pack_into("<Q", lock, at, last - 1)
    print(last, flush=True)


def main():
    directory, what = sys.argv[1:3]
    if what == "tamper":
        tamper(directory)
    else:
        {"slots": hold_slots, "killed": kill_readers}[what](directory, int(sys.argv[3]))


main()

"""Builds what a disk holds after a power cut, from a trace of recorded_disk.cpp.

A file has what was synced. Of what was not synced all may be there, nothing, the first changes, or any blocks of
4 KB, with zeros for the others and any length in between. Of changes of names that no sync of the directory
covered all, none, the first or any may be there.
"""

import struct
from pathlib import Path
from typing import NamedTuple

HEAD = struct.Struct("<c3xIQQQQ")
BLOCK = 4096
LOST, WRITTEN, PREFIX, BLOCKS = "lost", "written", "prefix", "blocks"
WAYS = (LOST, WRITTEN, PREFIX, BLOCKS)


class Record(NamedTuple):
    """One change or sync; `offset` is a sync's number, too."""
    type: str
    time_s: float
    inode: int
    offset: int
    name: str
    payload: bytes


def readTrace(path):
    data = Path(path).read_bytes()
    records = []
    at = 0
    while at + HEAD.size <= len(data):
        kind, name_length, payload_length, time_us, inode, offset = HEAD.unpack_from(data, at)
        at += HEAD.size
        name = data[at:at + name_length].decode()
        at += name_length
        payload = data[at:at + payload_length]
        at += payload_length
        records.append(Record(kind.decode(), time_us / 1e6, inode, offset, name, payload))
    return records


class File:
    """`synced` is on the disk; `changes` are (number, record) of what no sync has covered."""

    def __init__(self, inode):
        self.inode = inode
        self.synced = bytearray()
        self.changes = []

    def syncedUpTo(self, number):
        while self.changes and self.changes[0][0] < number:
            apply(self.synced, self.changes.pop(0)[1])

    def after(self, way, generator):
        """The files that a power cut leaves."""
        cached = bytearray(self.synced)
        count = len(self.changes)
        if way == LOST:
            count = 0
        elif way == PREFIX:
            count = generator.randrange(count + 1)
        for _, record in self.changes[:count]:
            apply(cached, record)
        return self._someBlocks(cached, generator) if way == BLOCKS else bytes(cached)

    def _someBlocks(self, cached, generator):
        least, most = sorted((len(self.synced), len(cached)))
        left = bytearray(cached[:generator.randint(least, most)])
        # Where most blocks are there, the first missing one may be in the middle of a value.
        one_of = generator.choice((2, 10, 30))
        for begin in range(0, len(left), BLOCK):
            if generator.randrange(one_of):
                continue
            end = min(begin + BLOCK, len(left))
            old = bytes(self.synced[begin:end])
            left[begin:end] = old + bytes(end - begin - len(old))
        return bytes(left)


def apply(content, record):
    if record.type == "T":
        del content[record.offset:]
        content.extend(bytes(record.offset - len(content)))
        return
    end = record.offset + len(record.payload)
    content.extend(bytes(max(0, end - len(content))))
    content[record.offset:end] = record.payload


class Disk:
    """The files of one folder, at a moment that advance() moves."""

    def __init__(self, records, ignore_syncs=False):
        self.records = records
        self.done = 0
        self.ignore_syncs = ignore_syncs
        self.files = {}
        self.durable_names = {}
        self.name_changes = []
        self.syncs = {}

    def advance(self, until):
        while self.done < until:
            self._take(self.records[self.done])
            self.done += 1

    def timeS(self):
        """The moment of the last change: everything that was acknowledged before it must be there."""
        return self.records[self.done - 1].time_s if self.done else 0.0

    def _take(self, record):
        kind = record.type
        if kind == "C":
            # An inode may be used again.
            self.files[record.inode] = File(record.inode)
            self.name_changes.append((self.done, record, self.files[record.inode]))
        elif kind in "RU":
            self.name_changes.append((self.done, record, None))
        elif kind == "T" and record.inode not in self.files:
            pass  # The reserve of disk space, which has no name.
        elif kind in "WT":
            self.files[record.inode].changes.append((self.done, record))
        elif kind in "BD":
            self.syncs[record.offset] = self.done
        elif kind == "E" and not self.ignore_syncs:
            self.files[record.inode].syncedUpTo(self.syncs.pop(record.offset))
        elif kind == "d":
            begun = self.syncs.pop(record.offset)
            while self.name_changes and self.name_changes[0][0] < begun:
                rename(self.durable_names, *self.name_changes.pop(0)[1:])

    def afterPowerCut(self, generator, ways=WAYS):
        """{name: (bytes, inode)} that a start may find; `ways` are those of files."""
        names = dict(self.durable_names)
        way = generator.choice(WAYS)
        changes = self.name_changes
        if way == LOST:
            changes = []
        elif way == PREFIX:
            changes = changes[:generator.randrange(len(changes) + 1)]
        elif way == BLOCKS:
            changes = [change for change in changes if generator.randrange(2)]
        for _, record, file in changes:
            rename(names, record, file)
        way = generator.choice(ways)
        return {name: (file.after(way, generator), file.inode) for name, file in names.items()}


def rename(names, record, file):
    """Makes one change of names."""
    if record.type == "C":
        names[Path(record.name).name] = file
    elif record.type == "U":
        names.pop(Path(record.name).name, None)
    else:
        old, new = (Path(path).name for path in record.name.split("\n"))
        if old in names:
            names[new] = names.pop(old)

"""Reads append-only files as lists of commands."""

from pathlib import Path


class DamagedLog(Exception):
    """The file is not RESP at `offset`."""

    def __init__(self, offset, text):
        super().__init__(f"at byte {offset}: {text}")
        self.offset = offset


def parseLog(data):
    """All commands of log text as tuples of bytes; annotation lines are skipped."""
    return [command for command, _ in parseLogWithOffsets(data)]


def parseLogWithOffsets(data):
    """Pairs of a command and the byte offset at which it starts."""
    commands = []
    at = 0
    while at < len(data):
        if data[at:at + 1] == b"#":
            at = _lineEnd(data, at) + 1
            continue
        command, after = _command(data, at)
        commands.append((command, at))
        at = after
    return commands


def _lineEnd(data, at):
    end = data.find(b"\n", at)
    if end < 0:
        raise DamagedLog(at, "line without end")
    return end


def _number(data, at, mark):
    end = _lineEnd(data, at)
    if data[at:at + 1] != mark or data[end - 1:end] != b"\r":
        raise DamagedLog(at, f"expected {mark!r}, found {bytes(data[at:at + 20])!r}")
    return int(data[at + 1:end - 1]), end + 1


def _command(data, at):
    count, at = _number(data, at, b"*")
    words = []
    for _ in range(count):
        size, at = _number(data, at, b"$")
        word = data[at:at + size]
        if data[at + size:at + size + 2] != b"\r\n":
            raise DamagedLog(at, "argument cut short")
        words.append(bytes(word))
        at += size + 2
    return tuple(words), at


def readLog(path):
    return parseLog(Path(path).read_bytes())

"""A small RESP2/RESP3 client over a raw socket.

Replies come back as `Reply(kind, value)` trees in which every wire type stays what it was: a RESP3
double is not a bulk string, `_` is not `$-1`. Equality of two trees is therefore equality of the
replies, types included.
"""

import socket
import time
from typing import NamedTuple


class Reply(NamedTuple):
    """`kind` is one of KINDS; aggregates hold a tuple of replies (maps: a tuple of pairs).

    An attribute is part of the reply that it stands before: its value is (map, reply).
    """

    kind: str
    value: object = None

    def __str__(self):
        return render(self)


KINDS = ("simple", "error", "int", "bulk", "array", "nullbulk", "nullarray", "null", "bool",
         "double", "bignum", "bulkerror", "verbatim", "map", "set", "push", "attribute")

_LINE_KINDS = {0x2B: "simple", 0x2D: "error", 0x2C: "double", 0x28: "bignum"}
_BLOB_KINDS = {0x24: "bulk", 0x21: "bulkerror", 0x3D: "verbatim"}
_LIST_KINDS = {0x2A: "array", 0x7E: "set", 0x3E: "push"}


class ProtocolError(Exception):
    """The server sent bytes that are not RESP."""


class ConnectionClosed(Exception):
    """The server closed the connection; `rest` holds bytes that formed no whole reply."""

    def __init__(self, rest=b""):
        super().__init__(f"connection closed, {len(rest)} bytes of an unfinished reply")
        self.rest = rest


class _NeedMore(Exception):
    pass


def render(reply):
    """One line for humans, unambiguous about types."""
    kind, value = reply
    if kind in ("array", "set", "push"):
        return f"{kind}[{', '.join(render(item) for item in value)}]"
    if kind == "map":
        return f"map{{{', '.join(render(k) + ': ' + render(v) for k, v in value)}}}"
    if kind == "attribute":
        return f"attribute({render(value[0])}, {render(value[1])})"
    if value is None:
        return kind
    text = repr(value)
    return f"{kind}({text if len(text) < 300 else text[:300] + '...'})"


def encode(*args):
    """One command as a RESP array of bulk strings; str is UTF-8, numbers are written in decimal."""
    parts = [b"*%d\r\n" % len(args)]
    for arg in args:
        data = arg if isinstance(arg, bytes) else str(arg).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(parts)


class Parser:
    """Turns bytes into replies; feed any split of the stream."""

    def __init__(self):
        self._buffer = bytearray()
        self._at = 0

    def feed(self, data):
        if self._at:
            del self._buffer[: self._at]
            self._at = 0
        self._buffer += data

    def pending(self):
        return bytes(self._buffer[self._at:])

    def next(self):
        """The next whole reply, or None when more bytes are needed."""
        try:
            reply, self._at = self._parse(self._at)
            return reply
        except _NeedMore:
            return None

    def _parse(self, at):
        buffer = self._buffer
        end = buffer.find(b"\r\n", at)
        if end < 0:
            raise _NeedMore
        mark = buffer[at]
        line, after = bytes(buffer[at + 1:end]), end + 2
        if mark in _BLOB_KINDS:
            return self._blob(_BLOB_KINDS[mark], int(line), after)
        if mark == 0x3A:
            return Reply("int", int(line)), after
        if mark in _LINE_KINDS:
            return Reply(_LINE_KINDS[mark], line), after
        if mark in _LIST_KINDS:
            return self._list(_LIST_KINDS[mark], int(line), after)
        if mark == 0x25:
            return self._map(int(line), after)
        if mark == 0x7C:
            attributes, after = self._map(int(line), after)
            reply, after = self._parse(after)
            return Reply("attribute", (attributes, reply)), after
        if mark == 0x5F and not line:
            return Reply("null"), after
        if mark == 0x23 and line in (b"t", b"f"):
            return Reply("bool", line == b"t"), after
        raise ProtocolError(f"not a reply: {chr(mark)}{line[:80]!r}")

    def _blob(self, kind, size, at):
        if size == -1:
            return Reply("nullbulk"), at
        end = at + size
        if self._buffer[end:end + 2] == b"\r\n":
            return Reply(kind, bytes(self._buffer[at:end])), end + 2
        if len(self._buffer) < end + 2:
            raise _NeedMore
        raise ProtocolError(f"{kind} of {size} bytes does not end in CRLF")

    def _list(self, kind, count, at):
        if count == -1:
            return Reply("nullarray"), at
        items = []
        for _ in range(count):
            item, at = self._parse(at)
            items.append(item)
        return Reply(kind, tuple(items)), at

    def _map(self, count, at):
        pairs = []
        for _ in range(count):
            key, at = self._parse(at)
            value, at = self._parse(at)
            pairs.append((key, value))
        return Reply("map", tuple(pairs)), at


class Client:
    """One connection. `address` is a unix socket path or a (host, port) pair."""

    def __init__(self, address, timeout=30.0, protocol=2):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(timeout)
            self._connectUnix(address, timeout)
        else:
            self.socket = socket.create_connection(address, timeout=timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._parser = Parser()
        if protocol != 2:
            reply = self.call("HELLO", protocol)
            if reply.kind == "error":
                raise ProtocolError(f"HELLO {protocol}: {reply}")

    def _connectUnix(self, path, timeout):
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.socket.connect(path)
                return
            except BlockingIOError:
                # The server's backlog is full: unlike TCP, the kernel does not wait for a place.
                if time.monotonic() > deadline:
                    self.socket.close()
                    raise
                time.sleep(0.001)
            except OSError:
                self.socket.close()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def sendRaw(self, data):
        self.socket.sendall(data)

    def send(self, *args):
        self.socket.sendall(encode(*args))

    def read(self):
        """The next reply; ConnectionClosed at the end, TimeoutError when none comes in time."""
        reply = self._parser.next()
        while reply is None:
            try:
                data = self.socket.recv(1 << 18)
            except (ConnectionResetError, BrokenPipeError):
                data = b""
            if not data:
                raise ConnectionClosed(self._parser.pending())
            self._parser.feed(data)
            reply = self._parser.next()
        return reply

    def call(self, *args):
        self.send(*args)
        return self.read()

    def value(self, *args):
        """The plain value of a reply that must not be an error."""
        reply = self.call(*args)
        if reply.kind in ("error", "bulkerror"):
            raise ProtocolError(f"{args}: {reply}")
        return reply.value

    def pipeline(self, commands):
        """Sends all commands in one write and reads one reply for each."""
        self.socket.sendall(b"".join(encode(*command) for command in commands))
        return [self.read() for _ in commands]

    def readAll(self):
        """Every reply until the server closes the connection."""
        replies = []
        while True:
            try:
                replies.append(self.read())
            except ConnectionClosed:
                return replies

    def closedByServer(self, timeout=30.0):
        """True when the server closes the connection within `timeout` seconds."""
        self.socket.settimeout(timeout)
        try:
            while self.socket.recv(1 << 16):
                pass
            return True
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def info(self, *sections):
        """INFO as a dictionary of strings."""
        text = self.value("INFO", *sections).decode()
        if text.startswith("txt:"):
            text = text[4:]
        lines = (line for line in text.splitlines() if ":" in line and not line.startswith("#"))
        return dict(line.split(":", 1) for line in lines)

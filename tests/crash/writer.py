"""One concurrent writer of a crash round and the model of what its keys must hold.

A writer owns its keys, so commands of others cannot change them. One connection's commands run and
are logged in order; hence after a crash its keys must look like after some prefix of what it sent,
and the prefix must not be shorter than what was acknowledged.
"""

import random
import threading

from support.resp import Client, ConnectionClosed, encode

DATABASES = 3
KEYS = 40
SHARED = "shared"


class Model:
    """Keys of one writer: (database, key) to (value, has a time to live)."""

    def __init__(self, state=None):
        self.state = dict(state or {})
        self.database = 0

    def apply(self, words):
        name, where = words[0], (self.database, words[1])
        value, volatile = self.state.get(where, (None, False))
        if name == "SELECT":
            self.database = int(words[1])
        elif name == "SET":
            self.state[where] = (words[2].encode(), len(words) > 3)
        elif name == "INCR":
            self.state[where] = (str(int(value or 0) + 1).encode(), volatile)
        elif name == "APPEND":
            self.state[where] = ((value or b"") + words[2].encode(), volatile)
        elif name == "DEL":
            self.state.pop(where, None)
        elif name in ("EXPIRE", "PERSIST") and value is not None:
            self.state[where] = (value, name == "EXPIRE")


class Writer(threading.Thread):
    """Writes pipelined batches until the connection breaks or it is told to stop."""

    def __init__(self, address, number, seed, state):
        super().__init__(daemon=True)
        self.prefix = f"w{number}:"
        self.acknowledged = Model(state)
        self.pending = []
        self.acknowledged_count = 0
        self.shared_sent = 0
        self.shared_acknowledged = 0
        self.error = None
        self.stopping = threading.Event()
        self._random = random.Random(f"{seed}-{number}")
        self._serial = 0
        self._address = address
        self._marker = f"{seed}"

    def run(self):
        try:
            with Client(self._address, timeout=30.0) as client:
                while not self.stopping.is_set():
                    self._batch(client)
        except (ConnectionClosed, OSError):
            pass

    def _batch(self, client):
        commands = [self._command() for _ in range(self._random.choice((1, 1, 5, 20, 100)))]
        # Noted before it is sent: a crash may come when part of it is on its way.
        self.pending = commands
        self.shared_sent += sum(1 for words in commands if words[1] == SHARED)
        client.sendRaw(b"".join(encode(*words) for words in commands))
        for words in commands:
            reply = client.read()
            if reply.kind == "error":
                self.error = f"{words[:2]}: {reply}"
                self.stopping.set()
                return
            self._acknowledge(words, reply)

    def _acknowledge(self, words, reply):
        if words[1] == SHARED:
            self.shared_acknowledged = max(self.shared_acknowledged, reply.value)
        else:
            self.acknowledged.apply(words)
        self.pending = self.pending[1:]
        self.acknowledged_count += 1

    def _command(self):
        choose = self._random.random
        key = f"{self.prefix}{self._random.randrange(KEYS)}"
        self._serial += 1
        kind = choose()
        if kind < 0.35:
            text = f"{self._marker}-{self._serial}-" + "x" * self._random.choice((0, 20, 100, 3000))
            return ("SET", key, text, "EX", "100000") if choose() < 0.2 else ("SET", key, text)
        if kind < 0.5:
            return ("INCR", f"{self.prefix}n{self._random.randrange(5)}")
        if kind < 0.55:
            return ("INCR", SHARED)
        if kind < 0.7:
            return ("APPEND", key, f"+{self._serial}")
        if kind < 0.82:
            return ("DEL", key)
        if kind < 0.9:
            return ("EXPIRE", key, "100000")
        if kind < 0.94:
            return ("PERSIST", key)
        return ("SELECT", str(self._random.randrange(DATABASES)))

    def explain(self, observed):
        """None when `observed` is the state after a long enough prefix, else what is wrong."""
        model = Model(self.acknowledged.state)
        model.database = self.acknowledged.database
        first = _difference(model.state, observed)
        if first is None:
            return None
        for words in self.pending:
            if words[1] != SHARED:
                model.apply(words)
            if _difference(model.state, observed) is None:
                return None
        return f"{first} ({len(self.pending)} commands were not acknowledged)"


def _difference(expected, observed):
    if expected == observed:
        return None
    for where in sorted(set(expected) | set(observed)):
        if expected.get(where) != observed.get(where):
            return (f"{where}: acknowledged {_short(expected.get(where))}, "
                    f"found {_short(observed.get(where))}")
    return None


def _short(entry):
    if entry is None:
        return "no key"
    value, volatile = entry
    text = repr(value if len(value) < 60 else value[:30] + b"..." + value[-30:])
    return text + (" with a time to live" if volatile else "")

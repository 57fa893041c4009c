"""What clients say to each other through a server, which redis-benchmark cannot play.

Each step is sent to all clients before any reply is read, so that the load generator sets no pace within a step; how long
it takes itself does not matter, because only the CPU of the server is counted. It does not sleep while it waits: waking it
is work of the one who sends, and one process that plays all clients would sleep more often the sooner a server answers.
Every byte of every reply is compared.
"""

import contextlib
import itertools
import random
import resource
import socket

from data import encode, keyOf, valueOf
from workloads import CONNECTIONS

SEED = 1
# Descriptors beside those of the conversation.
DESCRIPTORS_SPARE = 200


def allowDescriptors(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + DESCRIPTORS_SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def receive(client, bytes_max):
    """What is there, as soon as something is."""
    while True:
        try:
            got = client.recv(bytes_max, socket.MSG_DONTWAIT)
        except BlockingIOError:
            continue
        if not got:
            raise RuntimeError("the server closed a connection of the conversation")
        return got


def expect(client, reply):
    """Reads exactly `reply`."""
    got = receive(client, len(reply))
    while len(got) < len(reply):
        got += receive(client, len(reply) - len(got))
    if got != reply:
        raise RuntimeError(f"expected {reply[:200]!r}, the server said {got[:200]!r}")


def sendEach(clients, requests):
    for client, request in zip(clients, requests):
        client.sendall(request)


def expectEach(clients, replies):
    for client, reply in zip(clients, replies):
        expect(client, reply)


class Conversation:
    """Connects when entered, hangs up when left. `count`: what the row of workloads.py says of keys or clients."""

    def __init__(self, port, count, pipeline):
        self._port = port
        self.count = count
        self.pipeline = pipeline
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        self.begin()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def begin(self):
        """All that is not measured."""
        raise NotImplementedError

    def run(self, wanted):
        """Does about `wanted` of what the figure is per; how many it did."""
        raise NotImplementedError

    def connect(self, count):
        allowDescriptors(count)
        clients = []
        for _ in range(count):
            client = self._stack.enter_context(socket.create_connection(("127.0.0.1", self._port)))
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            clients.append(client)
        return clients


class Publish(Conversation):
    """One publisher, who sends `pipeline` messages at once, and `count` subscribers; per delivered message."""

    CHANNEL = b"channel"
    # Messages until the subscribers read. Few enough for the buffers of a socket: the server must never have to wait for them.
    UNREAD_MAX = 32

    def begin(self):
        self._subscribers = self.connect(self.count)
        subscribe = encode(b"SUBSCRIBE", self.CHANNEL)
        sendEach(self._subscribers, [subscribe] * self.count)
        expectEach(self._subscribers, [b"*3\r\n$9\r\nsubscribe\r\n$7\r\nchannel\r\n:1\r\n"] * self.count)
        (self._publisher,) = self.connect(1)

    def run(self, wanted):
        message = valueOf(0)
        request = encode(b"PUBLISH", self.CHANNEL, message) * self.pipeline
        receivers = b":%d\r\n" % self.count * self.pipeline
        delivered = encode(b"message", self.CHANNEL, message) * self.pipeline
        requests = max(1, wanted // (self.count * self.pipeline))
        unread_max = max(1, self.UNREAD_MAX // self.pipeline)
        for first in range(0, requests, unread_max):
            unread = min(unread_max, requests - first)
            for _ in range(unread):
                self._publisher.sendall(request)
                expect(self._publisher, receivers)
            expectEach(self._subscribers, [delivered * unread] * self.count)
        return requests * self.count * self.pipeline


class PingPong(Conversation):
    """`count` pairs of clients: each waits with BLPOP for what the other pushes; per command."""

    # Each of a pair pops once and pushes once.
    COMMANDS_A_ROUND = 4

    def begin(self):
        self._here, self._there = self.connect(self.count), self.connect(self.count)
        keys = {way: [b"%s:%d" % (way, number) for number in range(self.count)] for way in (b"ping", b"pong")}
        self._push = {way: [encode(b"RPUSH", key, b"ball") for key in keys[way]] for way in keys}
        self._pop = {way: [encode(b"BLPOP", key, b"0") for key in keys[way]] for way in keys}
        self._popped = {way: [encode(key, b"ball") for key in keys[way]] for way in keys}
        sendEach(self._there, self._pop[b"ping"])

    def _throw(self, way, thrower, catcher):
        """The catcher waits; afterwards the thrower does, for what comes back."""
        sendEach(thrower, self._push[way])
        expectEach(thrower, [b":1\r\n"] * self.count)
        expectEach(catcher, self._popped[way])
        sendEach(thrower, self._pop[b"pong" if way == b"ping" else b"ping"])

    def run(self, wanted):
        rounds = max(1, wanted // (self.COMMANDS_A_ROUND * self.count))
        for _ in range(rounds):
            self._throw(b"ping", self._here, self._there)
            self._throw(b"pong", self._there, self._here)
        return rounds * self.COMMANDS_A_ROUND * self.count


class MultiExec(Conversation):
    """MULTI, SETs and EXEC over `count` keys, `pipeline` transactions in one write; per command."""

    SETS = 10
    COMMANDS = SETS + 2
    # Different ones, so that keys are not all in the processor's cache.
    TRANSACTIONS = 5_000
    REPLY = b"+OK\r\n" + b"+QUEUED\r\n" * SETS + b"*%d\r\n" % SETS + b"+OK\r\n" * SETS

    def begin(self):
        self._clients = self.connect(CONNECTIONS)
        numbers = random.Random(SEED)
        transactions = [self._transaction(numbers) for _ in range(self.TRANSACTIONS)]
        self._requests = [b"".join(at_once) for at_once in zip(*[iter(transactions)] * self.pipeline)]

    def _transaction(self, numbers):
        sets = [encode(b"SET", keyOf(numbers.randrange(self.count)), valueOf(n)) for n in range(self.SETS)]
        return encode(b"MULTI") + b"".join(sets) + encode(b"EXEC")

    def run(self, wanted):
        commands = self.COMMANDS * self.pipeline * CONNECTIONS
        rounds = max(1, wanted // commands)
        replies = [self.REPLY * self.pipeline] * CONNECTIONS
        requests = itertools.cycle(self._requests)
        for _ in range(rounds):
            sendEach(self._clients, requests)
            expectEach(self._clients, replies)
        return rounds * commands


KINDS = {"publish": Publish, "pingpong": PingPong, "multi_exec": MultiExec}

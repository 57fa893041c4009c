#!/usr/bin/python3
"""Sends the scripted cases to our server and to a stock redis-server and compares every reply.

Set INKSTONE_TEST_SERVER=/usr/bin/redis-server to check the cases themselves: nothing may
differ then.
"""

import argparse
import importlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from compat import compare  # noqa: E402
from compat.case import PENDING  # noqa: E402
from compat.profiles import SINCE_72  # noqa: E402
from support.resp import Client, ConnectionClosed, Reply, encode, render  # noqa: E402
from support.server import WAIT_S, cleanUpOnSignals, ours, oursIsStock, stock  # noqa: E402

FAMILIES = ("strings", "numbers", "lcs", "keyspace", "expire", "scan", "connection", "server",
            "config", "protocol", "lists", "sets", "hashes", "sorted_sets", "sorted_set_ranges",
            "sorted_set_algebra", "sort", "member_scan", "values", "dump", "transactions",
            "pubsub", "blocking", "notifications", "client_tracking", "acl")
# A command nobody knows: the one thing that is answered the same before AUTH, too.
SENTINEL = b"end-of-step"
DIRECTIVES = {"enable-debug-command": "yes", "enable-protected-configs": "yes",
              "databases": 16, "appendonly": "no"}


class Side:
    """One server and the connections of the case that runs."""

    def __init__(self, server, protocol):
        self.server = server
        self.protocol = protocol
        self._clients = {}
        self._ids = {}
        self._control = None
        self._in_multi = set()

    def client(self, number):
        if number not in self._clients:
            client = Client(self.server.address, timeout=15.0)
            if self.protocol == 3:
                client.call("HELLO", 3)
            self._clients[number] = client
            # A client that has to authenticate first is not told.
            self._ids[number] = client.call("CLIENT", "ID").value
        return self._clients[number]

    def idOf(self, number):
        self.client(number)
        return self._ids[number]

    def send(self, step):
        if step.collects:
            return
        try:
            after = b"" if step.ends or self._queueing(step) else encode(SENTINEL)
            self.client(step.connection).sendRaw(step.dataFor(self.idOf) + after)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _queueing(self, step):
        """From MULTI on a sentinel would be queued, and make EXEC fail: each step has one reply."""
        word = next((w for w in step.text.upper().split() if w[0] not in "@&?*"), "")
        if word == "MULTI":
            self._in_multi.add(step.connection)
        elif word in ("EXEC", "DISCARD", "RESET"):
            self._in_multi.discard(step.connection)
        return step.connection in self._in_multi

    def blockedClients(self):
        if self._control is None:
            self._control = Client(self.server.address)
        return int(self._control.info("clients")["blocked_clients"])

    def waitBlocked(self, count):
        """Waits until so many clients wait."""
        deadline = time.monotonic() + WAIT_S
        while self.blockedClients() != count:
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.001)

    def replies(self, step):
        """All replies up to the sentinel's; a closed connection is one more, `closed`."""
        client = self._clients[step.connection]
        if step.connection in self._in_multi:
            return [client.read()]
        result = []
        try:
            while True:
                reply = client.read()
                if reply.kind == "error" and SENTINEL in reply.value:
                    return result
                result.append(reply)
        except ConnectionClosed:
            client.close()
            del self._clients[step.connection]
            return result + [Reply("closed")]

    def reset(self):
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        self._in_multi.clear()
        with Client(self.server.address) as client:
            client.value("FLUSHALL")

    def known(self, names):
        """Those of the names that are commands of this server."""
        with Client(self.server.address) as client:
            infos = client.value("COMMAND", "INFO", *names)
            return {name for name, info in zip(names, infos) if info.kind == "array"}

    def configure(self, config):
        """Sets directives; what they were. The stock server lacks those that came later."""
        with Client(self.server.address) as client:
            before = {}
            for name, value in config.items():
                if self.server.isStock and name in SINCE_72:
                    continue
                before[name] = client.value("CONFIG", "GET", name)[1].value
                client.value("CONFIG", "SET", name, value)
            return before


class Runner:
    def __init__(self, left, right, canary=False):
        self.left, self.right = left, right
        self.steps = 0
        self.waiting = []
        self.failures = []
        self._known = left.known(sorted(PENDING))
        self._canary = canary
        self._before = None
        self._is_72 = not oursIsStock()

    def checkPending(self):
        """A command that the server has by now must not be listed as pending."""
        for name in sorted(self._known) if self._is_72 else ():
            self.failures.append(f"compat/case.py: {name} is no longer pending")

    def run(self, case):
        if not self._known.issuperset(case.needs):
            self.waiting.append(case.name)
            return
        before = [(side, side.configure(case.config)) for side in (self.left, self.right)]
        try:
            for step in case.steps:
                self._step(case, step)
        except TimeoutError:
            self.failures.append(f"{case.name}\n    {step.text}\n    no reply in time")
        finally:
            for side, config in before:
                side.reset()
                side.configure(config)

    def _step(self, case, step):
        sides = (self.left, self.right)
        before = [side.blockedClients() for side in sides] if step.blocks else []
        for side in sides:
            side.send(step)
        if step.blocks:
            for side, count in zip(sides, before):
                side.waitBlocked(count + 1)
            return
        mine, oracle = self.left.replies(step), self.right.replies(step)
        self.steps += 1
        if self._canary and self.steps == 20:
            mine = [compare.altered(reply) for reply in mine]
        if not self._same(step, mine, oracle):
            expected = step.expected_72 or [render(reply) for reply in oracle]
            self.failures.append(
                f"{case.name} (RESP{self.left.protocol})\n    {step.text}\n"
                f"    ours     {'; '.join(map(render, mine))}\n"
                f"    expected {'; '.join(expected)}"
                + (f"\n    7.2: {step.reason}" if step.expected_72 else ""))

    def _same(self, step, mine, oracle):
        if step.expected_72 is not None and self._is_72:
            self._before = mine[-1] if mine else None
            return [render(reply) for reply in mine] == step.expected_72
        before, self._before = self._before, mine[-1] if mine else None
        return len(mine) == len(oracle) and all(
            compare.tells(step.text, a, b) or compare.matches(step.comparator, a, b, before)
            for a, b in zip(mine, oracle))


def loadCases(families):
    return [case for family in families
            for case in importlib.import_module(f"compat.cases_{family}").CASES]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append", choices=FAMILIES, help="default: all")
    parser.add_argument("--resp", choices=("2", "3", "both"), default="both")
    parser.add_argument("--case", default="", help="only cases whose name contains this")
    parser.add_argument("--canary", action="store_true",
                        help="alter one reply: the run must fail")
    return parser.parse_args()


def main():
    options = arguments()
    cleanUpOnSignals()
    cases = [case for case in loadCases(options.family or FAMILIES) if options.case in case.name]
    steps = 0
    failures, waiting = [], set()
    for protocol in (2, 3) if options.resp == "both" else (int(options.resp),):
        with ours(directives=DIRECTIVES) as left, stock(directives=DIRECTIVES) as right:
            runner = Runner(Side(left, protocol), Side(right, protocol), options.canary)
            runner.checkPending()
            for case in cases:
                if case.resp in (0, protocol):
                    runner.run(case)
            steps += runner.steps
            waiting.update(runner.waiting)
            failures += runner.failures
    for failure in failures:
        print(failure)
    for name in sorted(waiting):
        print(f"waits for a type that is still to come: {name}")
    print(f"compat cases: {len(cases)} cases, {steps} steps compared, {len(waiting)} waiting, "
          f"{len(failures)} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

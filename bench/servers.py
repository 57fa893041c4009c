"""The two servers under measurement: where they run, and what they cost in CPU and memory."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.server import Server  # noqa: E402

QUIET = {"save": "", "unixsocket": None, "protected-mode": "no"}


def parseSchedstat(text):
    """Nanoseconds on a CPU, from one thread's schedstat."""
    return int(text.split()[0])


def parseStatTicks(text):
    """utime + stime in clock ticks, from a process's stat; the name in parentheses may hold blanks."""
    fields = text[text.rindex(")") + 2 :].split()
    return int(fields[11]) + int(fields[12])


def parsePssAnonymous(text):
    """Bytes, from a process's smaps_rollup."""
    for line in text.splitlines():
        if line.startswith("Pss_Anon:"):
            return int(line.split()[1]) * 1024
    raise ValueError("this kernel does not report Pss_Anon")


def pssAnonymousBytes(pid):
    """Anonymous memory of a process, shared pages in equal parts; 0 when it has just ended."""
    try:
        text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    # A process that has ended and was not waited for yet has an empty one.
    return parsePssAnonymous(text) if text else 0


class BenchServer(Server):
    """A server on 127.0.0.1, on the given core if one is given."""

    def __init__(self, binary, core=None, directives=None, dir=None, wait=True, prefix=()):
        pinned = () if core is None else ("taskset", "-c", str(core))
        super().__init__(binary=binary, directives={**QUIET, **(directives or {})}, dir=dir, tcp=True, wait=wait,
                         prefix=(*pinned, *prefix))

    def cpuNanoseconds(self):
        """CPU used so far by all threads, user and system."""
        total = 0
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            total += parseSchedstat((task / "schedstat").read_text())
        return total

    def cpuNanosecondsByTicks(self):
        """The same in clock ticks: coarse, but it counts threads that have ended as well."""
        ticks = parseStatTicks(pathlib.Path(f"/proc/{self.pid}/stat").read_text())
        return ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")

    def anonymousBytes(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("this kernel does not report RssAnon")


class CpuMeter:
    """CPU a server uses while the block runs, in nanoseconds.

    The figure comes from the scheduler's nanosecond counters. A thread that ended within the block would be missing
    there, so the tick counters must agree.
    """

    TOLERANCE = 0.05
    TICKS = 5

    def __init__(self, server):
        self._server = server
        self.nanoseconds = 0

    def __enter__(self):
        self._start = self._server.cpuNanoseconds()
        self._start_ticks = self._server.cpuNanosecondsByTicks()
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            return
        self.nanoseconds = self._server.cpuNanoseconds() - self._start
        by_ticks = self._server.cpuNanosecondsByTicks() - self._start_ticks
        tick = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
        if abs(self.nanoseconds - by_ticks) > self.TICKS * tick + self.TOLERANCE * by_ticks:
            raise RuntimeError(f"CPU by schedstat {self.nanoseconds} ns, by stat {by_ticks} ns: they must agree")

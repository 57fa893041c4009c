"""Whatever happens to a log or a dump on the disk, the server starts from a part of it that is
sound or ends with 1 and names the file and the place. Never a signal, never a hang."""

import random
import subprocess
import tempfile
import time
from pathlib import Path

from integration.base import OURS_ONLY, SOAKING, ServerTest
from support.resp import encode
from support.server import START_TIMEOUT_S, StartError, ourBinary, stock

TOOL = str(Path(ourBinary()).parent / "inkstone-check-aof")
# A start takes milliseconds; on a busy machine not all variants come to their turn in that time.
BUDGET_S = 60 if SOAKING else 4
VARIANTS_MIN = 60
LOG = "appendonly.aof"
DUMP = "dump.rdb"
KEYS = 8


def image():
    """A small dump with every type in it."""
    with stock() as server, server.client() as client:
        client.value("SET", "text", "value " * 10)
        client.value("SET", "number", 12345, "PXAT", 4000000000000)
        client.value("RPUSH", "list", "a", 2, "c" * 70)
        client.value("SADD", "integers", 1, 2, 300)
        client.value("SADD", "set", "a", "b")
        client.value("HSET", "hash", "field", "value", "n", 1)
        client.value("ZADD", "zset", 1, "a", "2.5", "b")
        client.value("SELECT", 3)
        client.value("SET", "other", "database")
        client.value("SAVE")
        return (server.dir / DUMP).read_bytes()


def log():
    return (encode("SELECT", 0) + encode("SET", "after", "v") + encode("MULTI")
            + encode("RPUSH", "list", "more") + encode("DEL", "text") + encode("EXEC")
            + b"#TS:1700000000\r\n" + encode("HSET", "hash", "field", "other"))


def prefixes(data):
    return [("prefix", length, data[:length]) for length in range(len(data))]


def flips(data, generator):
    variants = []
    for at, byte in enumerate(data):
        change = generator.choice((0x01, 0x02, 0x10, 0x40, 0x80, 0xff))
        variants.append((f"xor {change:#x} at", at, data[:at] + bytes((byte ^ change,))
                         + data[at + 1:]))
    return variants


@OURS_ONLY
class StartDamageTest(ServerTest):
    @classmethod
    def setUpClass(cls):
        cls.image = image()

    def setUp(self):
        self.seed = random.randrange(10**9)
        self.generator = random.Random(self.seed)

    def judgeAll(self, name, variants, directives):
        """Starts from as many of the variants as the time allows, in random order."""
        self.generator.shuffle(variants)
        until = time.monotonic() + BUDGET_S
        outcomes = {"started": 0, "refused": 0}
        for kind, at, data in variants:
            if time.monotonic() > until and sum(outcomes.values()) >= VARIANTS_MIN:
                break
            with self.subTest(seed=self.seed, variant=f"{kind} {at}"):
                outcomes[self.judge(name, data, directives)] += 1
        # Else nothing was tested of one of the two.
        self.assertGreater(min(outcomes.values()), 0, outcomes)
        return outcomes

    def judge(self, name, data, directives):
        with tempfile.TemporaryDirectory(prefix="inkstone-damage-") as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            expected = self.verdict(path) if name == LOG else None
            server = self.serve(dir=folder, start=False, directives=directives)
            try:
                server.start(timeout=START_TIMEOUT_S)
            except StartError as error:
                server.kill()
                self.assertEqual(error.status, 1, error)
                self.assertRegex(error.log, rf"{name}\b.*\bat offset \d+")
                self.assertEqual(path.read_bytes(), data, "a refused file is left as it was")
                self.assertIn(expected, (None, "refused"), error.log)
                return "refused"
            client = server.client()
            self.assertLessEqual(client.value("DBSIZE"), KEYS + 1)
            client.close()
            server.kill()
            self.assertIn(expected, (None, "started"), server.log())
            return "started"

    def verdict(self, path):
        """Predicts from the verdict of the check tool whether the server starts."""
        done = subprocess.run([TOOL, str(path)], capture_output=True, text=True, errors="replace",
                              timeout=START_TIMEOUT_S, check=False)
        self.assertIn(done.returncode, (0, 1), done.stdout)
        torn = "Only the end is missing" in done.stdout
        return "started" if done.returncode == 0 or torn else "refused"

    def testFault4EveryPrefixOfALogWithPreambleStartsOrIsRefused(self):
        whole = self.image + log()
        outcomes = self.judgeAll(LOG, prefixes(whole), {"appendonly": "yes"})
        self.assertGreater(outcomes["started"], 10)

    def testFault4EveryChangedByteOfALogWithPreambleStartsOrIsRefused(self):
        whole = self.image + log()
        self.judgeAll(LOG, flips(whole, self.generator), {"appendonly": "yes"})

    def testFault4EveryPrefixOfADumpIsRefused(self):
        self.assertEqual(self.judge(DUMP, self.image, {}), "started")
        # An empty file has nothing that could be lost, so it is left out.
        self.refuseSome(prefixes(self.image)[1:])

    def testFault4EveryChangedByteOfADumpIsRefused(self):
        self.refuseSome(flips(self.image, self.generator))

    def refuseSome(self, variants):
        for kind, at, data in self.generator.sample(variants, VARIANTS_MIN):
            with self.subTest(seed=self.seed, variant=f"{kind} {at}"):
                self.assertEqual(self.judge(DUMP, data, {}), "refused")

    def testFault4EveryChangedByteOfADumpThatIsNotVerifiedStartsOrIsRefused(self):
        self.judgeAll(DUMP, flips(self.image, self.generator), {"rdbchecksum": "no"})

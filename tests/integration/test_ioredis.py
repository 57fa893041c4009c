"""What applications do with ioredis, on a real server: tests/real_clients/ioredis_scenarios.js, one test a scenario."""

import json
import unittest

from integration.base import ServerTest
from support.server import ROOT

SCRIPTS = ROOT / "tests/real_clients"
CLIENTS = ROOT / "build/real_clients"


def setUpModule():
    """Only a missing network is a reason to skip; see install.py."""
    unreachable = CLIENTS / "unreachable"
    if unreachable.exists():
        reason = f"ioredis is not installed: {unreachable.read_text()}"
        # unittest says why only when asked, ctest looks for it.
        print(reason, flush=True)
        raise unittest.SkipTest(reason)
    if not (CLIENTS / "installed").exists():
        raise FileNotFoundError(f"no ioredis in {CLIENTS}: run `make real-clients`")


class ScenariosTest(ServerTest):
    """Each test runs the scenario that has its name."""

    SCENARIOS = SCRIPTS / "ioredis_scenarios.js"

    def node(self, *words):
        return self.run_("setpriv", "--pdeathsig", "KILL", "env", f"NODE_PATH={CLIENTS}/node_modules",
                         "node", str(SCRIPTS / "ioredis_runner.js"), str(self.SCENARIOS), *words)

    def drive(self, name=None, tcp=False):
        server = self.serve(tcp=tcp)
        address = {"host": "127.0.0.1", "port": server.port} if tcp else {"path": server.socket_path}
        self.node(json.dumps(address), name or self._testMethodName)


class IoredisTest(ScenariosTest):
    def testCommandsOfEveryType(self):
        self.drive()

    def testBinaryAndLargeValues(self):
        self.drive(tcp=True)

    def testErrorsReject(self):
        self.drive()

    def testPipeline(self):
        self.drive(tcp=True)

    def testAutoPipelining(self):
        self.drive()

    def testMulti(self):
        self.drive()

    def testWatch(self):
        self.drive()

    def testSubscribe(self):
        self.drive()

    def testPatterns(self):
        self.drive()

    def testShardChannels(self):
        self.drive()

    def testKeyspaceNotifications(self):
        self.drive()

    def testBlocking(self):
        self.drive()

    def testNothingComesInTime(self):
        self.drive()

    def testCommandsBehindABlockingOneWait(self):
        self.drive()

    def testScanStreams(self):
        self.drive()

    def testAConnectionThatIsKilledComesBack(self):
        self.drive()

    def testABlockedCommandIsSentAgain(self):
        self.drive()

    def testDatabaseNameAndEnd(self):
        self.drive()

    def testPassword(self):
        self.drive()


class HarnessTest(ScenariosTest):
    def testAFailureIsSeen(self):
        with self.assertRaisesRegex(AssertionError, "not what it says"):
            self.drive("canary")

    def testEveryScenarioIsRun(self):
        names = set(self.node("{}").split())
        self.assertEqual(names - {"canary"}, {name for name in dir(IoredisTest) if name.startswith("test")})

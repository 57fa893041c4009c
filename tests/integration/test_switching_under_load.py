"""The log is switched on and off again and again while others write."""

from integration.base import OURS_ONLY, SOAKING
from integration.rewrite_base import RewriteTest, RunningLoad


@OURS_ONLY
class SwitchingUnderLoadTest(RewriteTest):
    def testAgainAndAgainEndsInAValidLogEachTime(self):
        server, client = self.start(appendonly="no")
        self.fill(client)
        load = RunningLoad(server)
        for _ in range(50 if SOAKING else 8):
            self.assertOk(client.call("CONFIG", "SET", "appendonly", "yes"))
            self.eventually(lambda: self.info(client)["aof_rewrite_in_progress"] == "0"
                            and self.info(client)["aof_rewrite_scheduled"] == "0"
                            and int(self.info(client)["aof_base_size"]) > 0, "the log to be on")
            self.assertOk(client.call("CONFIG", "SET", "appendonly", "no"))
        self.assertOk(client.call("CONFIG", "SET", "appendonly", "yes"))
        self.ended(client)
        load.stop()
        digest = self.digest(client)
        server.restart(crash=True, appendonly="yes")
        client = self.connect(server)
        load.check(self, client)
        self.assertEqual(self.digest(client), digest)
        self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")

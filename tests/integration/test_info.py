"""INFO: sections, fields and what the counters count."""

from integration.base import OURS_ONLY, ServerTest
from integration.info_fields import FIELDS
from support.server import oursIsStock

# Fields that 7.2 has and 7.0 does not: without them these tests can be checked against the stock server.
SINCE_72 = """eventloop_cycles eventloop_duration_sum eventloop_duration_cmd_sum
    instantaneous_eventloop_cycles_per_sec instantaneous_eventloop_duration_usec
    total_blocking_keys total_blocking_keys_on_nokey aof_rewrites
    aof_rewrites_consecutive_failures acl_access_denied_auth acl_access_denied_cmd
    acl_access_denied_key acl_access_denied_channel current_cow_peak rdb_saves
    tracking_total_prefixes""".split()
WITH_THE_LOG_ON = """aof_current_size aof_base_size aof_pending_rewrite aof_buffer_length
    aof_pending_bio_fsync aof_delayed_fsync""".split()


class InfoTest(ServerTest):
    def sections(self, client, *arguments):
        result, current = {}, None
        for line in client.value("INFO", *arguments).decode().splitlines():
            if line.startswith("# "):
                current = result.setdefault(line[2:], {})
            elif line:
                name, value = line.split(":", 1)
                current[name] = value
        return result

    def testEveryFieldOf72IsThereInItsSection(self):
        sections = self.sections(self.connect(self.serve()), "everything")
        for section, names in FIELDS.items():
            missing = [name for name in names.split() if name not in sections.get(section, {})
                       and not (oursIsStock() and name in SINCE_72)]
            self.assertEqual(missing, [], section)

    def testTheListKnowsWhatIsSince72(self):
        self.assertLessEqual(set(SINCE_72), {name for names in FIELDS.values()
                                             for name in names.split()})

    def testSectionsWithoutFieldsAreThere(self):
        sections = self.sections(self.connect(self.serve()), "everything")
        for section in ("Modules", "Commandstats", "Errorstats", "Latencystats", "Keyspace"):
            self.assertIn(section, sections)

    @OURS_ONLY
    def testVersionsOfRedisAndInkstone(self):
        info = self.connect(self.serve()).info("server")
        self.assertRegex(info["redis_version"], r"^7\.2\.\d+$")
        self.assertEqual(info["server_name"], "inkstone")
        self.assertRegex(info["inkstone_version"], r"^\d+\.\d+\.\d+")

    def testFieldsOfTheLog(self):
        info = self.connect(self.serve(directives={"appendonly": "yes"})).info("persistence")
        self.assertEqual([name for name in WITH_THE_LOG_ON if name not in info], [])
        self.assertEqual(info["aof_enabled"], "1")

    def testOneSectionIsOneSection(self):
        client = self.connect(self.serve())
        self.assertEqual(list(self.sections(client, "clients")), ["Clients"])
        self.assertEqual(list(self.sections(client, "cpu", "CLIENTS")), ["Clients", "CPU"])
        self.assertNotIn("Commandstats", self.sections(client))
        self.assertIn("Commandstats", self.sections(client, "everything"))

    def testKeyspaceCountsKeysAndTimes(self):
        client = self.connect(self.serve())
        client.pipeline([("SET", f"k{i}", "v") for i in range(10)])
        client.pipeline([("EXPIRE", f"k{i}", 1000) for i in range(3)])
        client.value("SELECT", 5)
        client.value("SET", "k", "v")
        keyspace = client.info("keyspace")
        self.assertTrue(keyspace["db0"].startswith("keys=10,expires=3,avg_ttl="), keyspace)
        self.assertTrue(keyspace["db5"].startswith("keys=1,expires=0,avg_ttl=0"), keyspace)

    def testHitsMissesAndExpiredKeys(self):
        client = self.connect(self.serve())
        client.pipeline([("SET", "k", "v"), ("GET", "k"), ("GET", "none"), ("EXISTS", "none"),
                         ("SET", "gone", "v", "PX", "1")])
        self.eventually(lambda: client.info("stats")["expired_keys"] == "1", "expired key counted")
        stats = client.info("stats")
        self.assertEqual((stats["keyspace_hits"], stats["keyspace_misses"]), ("1", "2"))

    def testCommandstatsAndErrorstats(self):
        client = self.connect(self.serve())
        client.pipeline([("SET", "k", "v")] * 3 + [("INCR", "k"), ("GET",), ("NOSUCH",)])
        commands = client.info("commandstats")
        self.assertRegex(commands["cmdstat_set"], "^calls=3,usec=[0-9]+,usec_per_call=[0-9.]+,"
                         "rejected_calls=0,failed_calls=0$")
        self.assertRegex(commands["cmdstat_incr"], "calls=1,.*failed_calls=1$")
        self.assertRegex(commands["cmdstat_get"], "calls=0,.*rejected_calls=1,")
        self.assertEqual(client.info("errorstats")["errorstat_ERR"], "count=3")
        self.assertEqual(client.info("stats")["total_error_replies"], "3")

    def testResetstatStartsOver(self):
        client = self.connect(self.serve())
        client.pipeline([("SET", "k", "v"), ("GET", "k"), ("NOSUCH",)])
        client.value("CONFIG", "RESETSTAT")
        stats = client.info("everything")
        self.assertEqual(stats["keyspace_hits"], "0")
        self.assertEqual(stats["total_error_replies"], "0")
        self.assertNotIn("cmdstat_set", stats)
        self.assertNotIn("errorstat_ERR", stats)

    def testMemoryGrowsAndShrinksWithTheData(self):
        client = self.connect(self.serve())
        if client.info("memory")["mem_allocator"] == "libc":
            self.skipTest("with sanitizers, what the allocator gives out is not counted")
        before = int(client.info("memory")["used_memory"])
        client.pipeline([("SET", f"k{i}", "x" * 1000) for i in range(2000)])
        full = int(client.info("memory")["used_memory"])
        self.assertGreater(full - before, 2_000_000)
        client.value("FLUSHALL", "SYNC")
        self.assertLess(int(client.info("memory")["used_memory"]) - before, 600_000)

"""INFO: sections, fields and what the counters count."""

from integration.base import OURS_ONLY, ServerTest

# The fields of Redis 7.2 that mean something now: strings, keys, the log without rewrite.
FIELDS = {
    "Server": """redis_version redis_mode os arch_bits
        monotonic_clock multiplexing_api gcc_version process_id process_supervised run_id
        tcp_port server_time_usec uptime_in_seconds uptime_in_days hz configured_hz lru_clock
        executable config_file io_threads_active""",
    "Clients": """connected_clients cluster_connections maxclients client_recent_max_input_buffer
        client_recent_max_output_buffer blocked_clients tracking_clients
        clients_in_timeout_table""",
    "Memory": """used_memory used_memory_human used_memory_rss used_memory_rss_human
        used_memory_peak used_memory_peak_human used_memory_peak_perc used_memory_overhead
        used_memory_startup used_memory_dataset used_memory_dataset_perc
        allocator_allocated allocator_active allocator_resident total_system_memory
        total_system_memory_human maxmemory maxmemory_human maxmemory_policy
        allocator_frag_ratio allocator_frag_bytes allocator_rss_ratio allocator_rss_bytes
        rss_overhead_ratio rss_overhead_bytes mem_fragmentation_ratio mem_fragmentation_bytes
        mem_not_counted_for_evict
        mem_clients_normal mem_aof_buffer mem_allocator
        lazyfree_pending_objects lazyfreed_objects""",
    "Persistence": """loading async_loading current_cow_peak current_cow_size current_cow_size_age
        current_fork_perc current_save_keys_processed current_save_keys_total
        rdb_changes_since_last_save rdb_bgsave_in_progress rdb_last_save_time
        rdb_last_bgsave_status rdb_last_bgsave_time_sec rdb_current_bgsave_time_sec rdb_saves
        rdb_last_cow_size rdb_last_load_keys_expired rdb_last_load_keys_loaded aof_enabled
        aof_rewrite_in_progress aof_rewrite_scheduled aof_last_rewrite_time_sec
        aof_current_rewrite_time_sec aof_last_bgrewrite_status aof_last_write_status
        aof_last_cow_size""",
    "Stats": """total_connections_received total_commands_processed instantaneous_ops_per_sec
        total_net_input_bytes total_net_output_bytes instantaneous_input_kbps
        instantaneous_output_kbps rejected_connections expired_keys expired_stale_perc
        expired_time_cap_reached_count expire_cycle_cpu_milliseconds evicted_keys
        evicted_clients keyspace_hits keyspace_misses latest_fork_usec total_forks
        unexpected_error_replies total_error_replies total_reads_processed
        total_writes_processed reply_buffer_shrinks reply_buffer_expands""",
    "Replication": "role connected_slaves master_replid master_repl_offset",
    "CPU": """used_cpu_sys used_cpu_user used_cpu_sys_children used_cpu_user_children
        used_cpu_sys_main_thread used_cpu_user_main_thread""",
    "Cluster": "cluster_enabled",
}
# What 7.2 has and 7.0 does not; the harness can then be checked against the stock server.
SINCE_72 = ("eventloop_cycles", "eventloop_duration_sum", "eventloop_duration_cmd_sum",
            "instantaneous_eventloop_cycles_per_sec", "instantaneous_eventloop_duration_usec",
            "total_blocking_keys", "total_blocking_keys_on_nokey", "aof_rewrites",
            "acl_access_denied_auth")
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

    def testEveryFieldIsThere(self):
        sections = self.sections(self.connect(self.serve()), "everything")
        for section, names in FIELDS.items():
            missing = [name for name in names.split() if name not in sections.get(section, {})]
            self.assertEqual(missing, [], section)

    @OURS_ONLY
    def testFieldsOf72AreThere(self):
        info = self.connect(self.serve()).info("everything")
        self.assertEqual([name for name in SINCE_72 if name not in info], [])

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

"""What tests of rewriting share: a server with data of all types, and writers beside it."""

import threading

from integration.base import ServerTest

STARTED = b"Background append only file rewriting started"


class RewriteTest(ServerTest):
    def start(self, **directives):
        server = self.serve(directives={"appendonly": "yes", "enable-debug-command": "yes",
                                        "auto-aof-rewrite-percentage": "0", "save": "",
                                        "aof-use-rdb-preamble": "no", **directives})
        return server, self.connect(server)

    def info(self, client):
        return client.info("persistence")

    def rewrite(self, client):
        self.assertEqual(client.value("BGREWRITEAOF"), STARTED)
        self.ended(client)

    def ended(self, client, status="ok"):
        self.eventually(lambda: self.info(client)["aof_rewrite_in_progress"] == "0"
                        and self.info(client)["aof_rewrite_scheduled"] == "0", "end of the rewrite",
                        timeout=30.0)
        self.assertEqual(self.info(client)["aof_last_bgrewrite_status"], status)

    def leftovers(self, server):
        return [path.name for path in server.dir.iterdir() if path.name.startswith("temp-")]

    def digest(self, client):
        return client.value("DEBUG", "DIGEST")

    def slowly(self, client):
        """The child is as slow as it likes; undone by quickly()."""
        client.value("CONFIG", "SET", "rdb-key-save-delay", "1000000")

    def fill(self, client):
        commands = []
        for db in (0, 3, 9):
            commands.append(("SELECT", db))
            commands += [("SET", f"s{i}", f"value {i}") for i in range(500)]
            commands += [("SET", f"n{i}", i * 10**i) for i in range(15)]
            commands += [("RPUSH", "list", *range(300)), ("RPUSH", "short", "a", "1", ""),
                         ("SADD", "ints", *range(1000)), ("SADD", "set", *[f"m{i}" for i in range(400)]),
                         ("HSET", "hash", *[f"f{i}" for i in range(400)]),
                         ("ZADD", "zset", *[x for i in range(400) for x in (i * 0.37, f"m{i}")]),
                         ("ZADD", "few", "-inf", "low", "1.5", "mid", "inf", "high"),
                         ("SET", b"\r\n\0", b"\0\r\n"), ("SET", "", ""),
                         ("SET", "big", "x" * 1_000_000),
                         ("PEXPIREAT", "s1", 33177117420000), ("PEXPIREAT", "hash", 33177117420001)]
        commands.append(("SELECT", 0))
        client.pipeline(commands)


class RunningLoad:
    """Writers that count, on several connections, until they are stopped."""

    def __init__(self, server, writers=3):
        self.counts = [0] * writers
        self._server = server
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(i,)) for i in range(writers)]
        for thread in self._threads:
            thread.start()

    def _write(self, number):
        with self._server.client() as client:
            while not self._stop.is_set():
                client.pipeline([("INCR", f"counter{number}"),
                                 ("APPEND", f"text{number}", "x")] * 10)
                self.counts[number] += 10

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def check(self, test, client):
        for number, count in enumerate(self.counts):
            test.assertEqual(int(client.value("GET", f"counter{number}") or 0), count)
            test.assertEqual(client.value("STRLEN", f"text{number}"), count)

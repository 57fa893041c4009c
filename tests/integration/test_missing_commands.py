"""README names every command of Redis 7.2 that this server lacks, and no other."""

import json
import re
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS_72 = ROOT / "tests/unit/server/commands-7.2.json"
_ROW = re.compile(r"^\|(?P<what>[^|]*)\| not yet[^|]*\|$", re.MULTILINE)
_NAME = re.compile(r"[A-Z][A-Z_-]+")


@OURS_ONLY
class MissingCommandsTest(ServerTest):
    def named(self):
        rows = (row["what"].partition(":") for row in _ROW.finditer((ROOT / "README.md").read_text()))
        return [name.lower() for _, _, names in rows for name in _NAME.findall(names)]

    def wanted(self):
        names = set()
        for name, facts in json.loads(COMMANDS_72.read_text()).items():
            names |= {name, *facts.get("subcommands", ())}
        return names

    def testReadmeNamesEachCommandThatIsMissing(self):
        known = {name.value.decode() for name in
                 self.connect(self.serve()).call("COMMAND", "LIST").value}
        missing = self.wanted() - known
        # The subcommands of a command that is missing as a whole need not be named.
        missing = {name for name in missing if name.partition("|")[0] not in missing - {name}}
        self.assertEqual(sorted(self.named()), sorted(missing))

    def testTheListsAreRead(self):
        self.assertGreater(len(self.wanted()), 350)
        self.assertGreater(len(self.named()), 0)

"""COMMAND DOCS and COMMAND INFO against the stock server: what a client may rely on is the same."""

from integration.base import OURS_ONLY, ServerTest
from support import command_list
from support.command_list import flatten, plain
from support.server import stock

# 7.2 tells the arguments of these in another way than 7.0 does: CLIENT KILL's SKIPME is a choice
# and MAXAGE is new, ids and patterns are repeated without a block around each, COMMAND GETKEYS has
# arguments at all, PSUBSCRIBE no block around its patterns, ZRANK has WITHSCORE, ACL CAT's category
# has a shorter name.
DESCRIBED_ANEW_IN_72 = {"acl|cat", "client|kill", "client|list", "command|getkeys",
                        "command|getkeysandflags", "config|get", "psubscribe", "zrank",
                        "zrevrank"}
DEPRECATED_IN_72 = {"quit"}
NEW_IN_72 = {"client|no-touch", "client|setinfo", "waitaof"}
GROUPS = ("oneof", "block")


def shape(argument):
    """An argument without the names 7.2 changed; that of a leaf is what is displayed."""
    is_group = argument["type"] in GROUPS
    shown = None if is_group else argument.get("display_text", argument["name"])
    return (shown, argument["type"], argument.get("token"), argument.get("key_spec_index"),
            tuple(sorted(argument.get("flags", ()))), argument.get("since"),
            argument.get("deprecated_since"),
            tuple(shape(item) for item in argument.get("arguments", ())))


class CommandDocsTest(ServerTest):
    @OURS_ONLY
    def testSyntaxIsThatOfTheStockServer(self):
        client = self.connect(self.serve(), protocol=3)
        ours = dict(flatten(plain(client.call("COMMAND", "DOCS"))))
        reference = stock()
        self.addCleanup(reference.discard)
        theirs = dict(flatten(plain(self.connect(reference, protocol=3).call("COMMAND", "DOCS"))))
        self.assertEqual(set(ours) - set(theirs), NEW_IN_72)
        compared = 0
        for name in set(ours) & set(theirs):
            with self.subTest(name):
                self.compare(name, ours[name], theirs[name])
                compared += 1
        self.assertGreater(compared, 80)

    def compare(self, name, entry, expected):
        for field in ("since", "group"):
            self.assertEqual(entry[field], expected[field])
        if name not in DEPRECATED_IN_72:
            for field in ("doc_flags", "deprecated_since", "replaced_by"):
                self.assertEqual(entry.get(field), expected.get(field))
        if name not in DESCRIBED_ANEW_IN_72:
            self.assertEqual([shape(item) for item in entry.get("arguments", ())],
                             [shape(item) for item in expected.get("arguments", ())])

    @OURS_ONLY
    def testTheListOfCommandsIsWhatTheRowsSay(self):
        client = self.connect(self.serve(), protocol=3)
        self.assertEqual(command_list.FILE.read_text(), command_list.commandList(client),
                         "run `make docs` and commit docs/commands.md")

    def testSyntaxOfArgumentsInOneLine(self):
        client = self.connect(self.serve(), protocol=3)
        docs = plain(client.call("COMMAND", "DOCS", "getex", "bzmpop", "zrange"))
        syntax = {name: command_list.syntaxOf(entry["arguments"]) for name, entry in docs.items()}
        self.assertEqual(syntax["getex"], "key [EX seconds | PX milliseconds | EXAT unix-time-seconds"
                                          " | PXAT unix-time-milliseconds | PERSIST]")
        self.assertEqual(syntax["bzmpop"], "timeout numkeys key [key ...] <MIN | MAX> [COUNT count]")
        self.assertIn("[LIMIT offset count]", syntax["zrange"])

    def testDocsOfOneCommand(self):
        client = self.connect(self.serve(), protocol=3)
        docs = plain(client.call("COMMAND", "DOCS", "GETDEL", "nosuch", "config|get"))
        self.assertEqual(list(docs), ["getdel", "config|get"])
        self.assertEqual(docs["getdel"]["since"], "6.2.0")
        self.assertEqual(docs["getdel"]["arguments"][0]["key_spec_index"], 0)

    def testInfoHasTenElementsForEveryCommand(self):
        client = self.connect(self.serve(), protocol=3)
        every = plain(client.call("COMMAND"))
        self.assertEqual(client.value("COMMAND", "COUNT"), len(every))
        for entry in every:
            self.assertEqual(len(entry), 10, entry[0])
            for sub in entry[9]:
                self.assertTrue(sub[0].startswith(entry[0] + "|"))

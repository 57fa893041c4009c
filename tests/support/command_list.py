#!/usr/bin/python3
"""Writes docs/commands.md, the list of commands, from what a running server tells in COMMAND and COMMAND DOCS.

usage: command_list.py    (the server is INKSTONE_TEST_SERVER, else the one of `make build`)

tests/integration/test_command_docs.py fails when the file is not what the rows of the server say.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.server import Server, cleanUpOnSignals  # noqa: E402

FILE = ROOT / "docs/commands.md"
# Groups of COMMAND DOCS in the order of the list, with their headings.
HEADINGS = {
    "string": "Strings", "list": "Lists", "hash": "Hashes", "set": "Sets", "sorted-set": "Sorted sets",
    "generic": "Keys of any type", "transactions": "Transactions", "pubsub": "Publish and subscribe",
    "connection": "Connections", "server": "Server",
}
INTRODUCTION = """\
<!-- `make docs` writes this file from the rows of the commands (server/commands/). Do not edit it. -->
# Commands

These are the {count} commands and subcommands of this server. "Since" is the first release of Redis with the command.
What a command does beyond its summary stands in the documentation of Redis, and what differs in
[differences.md](differences.md). In the syntax `[x]` may be left out, `x | y` is a choice, and `x ...` may be repeated.
"""


def plain(reply):
    """A reply of RESP3 as Python values; sets and arrays are lists, words are str."""
    kind, value = reply
    if kind == "map":
        return {plain(key): plain(item) for key, item in value}
    if kind in ("array", "set"):
        return [plain(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


def syntaxOf(arguments, separator=" "):
    """Arguments of COMMAND DOCS in one line."""
    return separator.join(argumentSyntax(argument) for argument in arguments)


def argumentSyntax(argument):
    kind, token = argument["type"], argument.get("token", "")
    flags = argument.get("flags", ())
    if kind == "pure-token":
        text, token = token, ""
    elif kind == "oneof":
        text = syntaxOf(argument["arguments"], " | ")
        if "optional" not in flags or token or "multiple" in flags:
            text = f"<{text}>"
    elif kind == "block":
        text = syntaxOf(argument["arguments"])
    else:
        text = argument.get("display_text", argument["name"])
    again = f"{token} {text}" if "multiple_token" in flags else text
    if token:
        text = f"{token} {text}"
    if "multiple" in flags:
        text = f"{text} ..." if kind == "oneof" else f"{text} [{again} ...]"
    return f"[{text}]" if "optional" in flags else text


def flatten(docs):
    """Commands and subcommands by full name; a container comes before what it contains."""
    for name, entry in docs.items():
        yield name, entry
        yield from flatten(entry.get("subcommands", {}))


def tableRow(name, entry, runs_alone):
    syntax = syntaxOf(entry.get("arguments", ()))
    if "subcommands" in entry:
        syntax = "[subcommand]" if runs_alone else "subcommand"
    summary = entry["summary"]
    if "replaced_by" in entry:
        # An exclamation mark says in COMMAND DOCS that a word is no command.
        instead = entry["replaced_by"].replace("`!", "`")
        summary += f" Deprecated since {entry['deprecated_since']}; instead: {instead}."
    words = name.upper().replace("|", " ")
    cells = [f"`{words}`", f"`{syntax}`" if syntax else "", entry["since"], summary]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def commandList(client):
    """The text of docs/commands.md, by a client that speaks RESP3."""
    docs = plain(client.call("COMMAND", "DOCS"))
    alone = {entry[0] for entry in plain(client.call("COMMAND")) if entry[1] != -2}
    # In the order of names, subcommands behind their container.
    commands = [(name, entry) for top in sorted(docs) for name, entry in flatten({top: docs[top]})]
    unknown = {entry["group"] for _, entry in commands} - set(HEADINGS)
    if unknown:
        raise ValueError(f"no heading for {unknown}")
    lines = [INTRODUCTION.format(count=len(commands))]
    for group, heading in HEADINGS.items():
        lines += [f"## {heading}", "", "| command | syntax | since | summary |", "|---|---|---|---|"]
        lines += [tableRow(name, entry, name in alone) for name, entry in commands if entry["group"] == group]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main():
    cleanUpOnSignals()
    with Server() as server:
        client = server.client(protocol=3)
        FILE.write_text(commandList(client))
        client.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

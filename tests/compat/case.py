"""What a scripted case is: a name and steps, each sent to both servers and its replies compared.

A block of text is one step a line, quoted as in redis-cli:
    SET k "a\\x00b"      one command
    @2 GET k             the same on the case's second connection
    &2 BLPOP k 0         a command that blocks: its reply is not waited for
    *2                   the replies to what `&2` sent are waited for now, and compared
    ?near PTTL k         replies compared by the comparator `near` (compat/compare.py)
    !raw "PING\\r\\n"    bytes as they are; several `!raw` words are joined
    CLIENT KILL ID {id2} the number that the server gave the case's second connection
    # text               a comment
"""

import re
from dataclasses import dataclass, field

from support.resp import encode

_TOKEN = re.compile(r'"((?:\\.|[^"\\])*)"|\'((?:\\.|[^\'\\])*)\'|(\S+)')
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|.)")
_CLIENT_ID = re.compile(rb"\{id(\d+)\}")
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "0": "\0"}


def _unescape(text):
    def one(match):
        code = match.group(1)
        if code[0] == "x" and len(code) == 3:
            return chr(int(code[1:], 16))
        return _NAMED.get(code, code)

    return _ESCAPE.sub(one, text).encode("latin-1")


def words(line):
    """The arguments of a line; double quotes know escapes, single quotes do not."""
    result = []
    for double, single, plain in _TOKEN.findall(line):
        if plain:
            result.append(plain.encode())
        elif double:
            result.append(_unescape(double))
        else:
            result.append(single.encode())
    return result


@dataclass
class Step:
    """Bytes to send and how their replies are compared.

    expected_72  replies (as rendered by support.resp) that ours must give where the oracle gives
                 others: mostly because 7.2 does; `reason` says why
    ends         the server closes the connection, which is waited for
    blocks       the reply is not waited for, but that the client has begun to wait
    collects     nothing is sent; what a step that blocks was owed is read
    words        of a command that names connections: it is encoded for each server, instead of data
    """

    data: bytes
    text: str
    connection: int = 1
    comparator: str = "equal"
    expected_72: list = None
    reason: str = ""
    ends: bool = False
    blocks: bool = False
    collects: bool = False
    words: tuple = ()

    def dataFor(self, idOf):
        """`idOf` gives the number that the server has for a connection of the case."""
        if not self.words:
            return self.data
        return encode(*(_CLIENT_ID.sub(lambda found: b"%d" % idOf(int(found[1])), word)
                        for word in self.words))


def step(line, expected_72=None, reason=""):
    connection, comparator, text = 1, "equal", line
    if line[0] == "*":
        return Step(b"", text, int(line[1:]), collects=True)
    blocks = line[0] == "&"
    while line[0] in "@?&":
        word, line = line.split(None, 1)
        if word[0] in "@&":
            connection = int(word[1:])
        else:
            comparator = word[1:]
    if line.startswith("!raw"):
        return Step(b"".join(words(line)[1:]), text, connection, comparator, expected_72, reason,
                    blocks=blocks)
    args = tuple(words(line))
    named = args if any(_CLIENT_ID.search(word) for word in args) else ()
    return Step(encode(*args), text, connection, comparator, expected_72, reason, blocks=blocks,
                words=named)


def command(*args, comparator="equal"):
    """A step from Python values, for arguments too long to write out."""
    text = " ".join(repr(arg)[:60] for arg in args)
    return Step(encode(*args), text, comparator=comparator)


def raw(data, comparator="equal", connection=1, ends=False):
    return Step(data, f"raw {data[:80]!r}", connection, comparator, ends=ends)


def differs72(line, expected, reason):
    """A step at which 7.2 answers otherwise than the oracle: `expected` is the rendered reply."""
    return step(line, [expected], reason)


def byDesign(data, expected, reason):
    """Bytes that we answer otherwise on purpose: `reason` names where that is written."""
    return Step(data, f"raw {data[:80]!r}", expected_72=expected, reason=reason)


# Commands of types that are still to come, which wrong-type cases make their keys with. A line goes
# when its type arrives; `run_cases.py` fails as long as one stays that is known already.
PENDING = frozenset((
    "xadd",
))


@dataclass
class Case:
    name: str
    steps: list
    needs: tuple = ()
    config: dict = field(default_factory=dict)
    resp: int = 0


def case(name, *blocks, needs=(), config=None, resp=0):
    """`needs`: commands of PENDING that the case uses; while ours lacks one, the case waits and is
    named in the report. Any other command must be there.

    `config`: directives set with CONFIG SET for the case and put back after it.
    `resp`: the only version of the protocol for which it is meant, if not both.
    """
    if not PENDING.issuperset(needs):
        raise ValueError(f"case {name!r} may not wait for {sorted(set(needs) - PENDING)}")
    steps = []
    for block in blocks:
        if isinstance(block, Step):
            steps.append(block)
            continue
        lines = (line.strip() for line in block.splitlines())
        steps += [step(line) for line in lines if line and not line.startswith("#")]
    return Case(name, steps, tuple(needs), config or {}, resp)

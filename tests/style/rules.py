"""What the style test forbids, as tables. Adding a rule is adding a row (and a canary in test_check_style.py)."""

import re

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
# Rows of tables and lines with links may be longer.
DOC_COLUMNS_MAX = 120
CLASS_FIELDS_MAX = 20
SHORT_FILE_LINES = 30

# Rules with more findings than they should have: how many are left in the whole tree. A number may only be lowered,
# and it must be lowered when there are fewer. A rule that is not listed tolerates no finding.
RATCHETS = {
    "class_fields": 2,
    "doc_width": 0,
    "server_reference": 0,
    # The goal is 15.
    "short_file": 50,
}

# The arrow of docs/architecture.md. Rooms in the order of their floors: a room may include itself, and those of
# MAY_INCLUDE.
_DATA = ("base", "config", "protocol", "storage")
_PERSISTENCE = ("persistence/files", "persistence/ledger", "persistence/rdb", "persistence/log",
                "persistence/rewrite", "persistence/start")
# "server" itself holds what composes all of them.
_SERVER = ("server/process", "server/data", "server/command_table", "server/clients", "server/acl", "server/execution",
           "server/durability", "server/net", "server/info", "server/commands", "server")


def _upTo(floors, below):
    """Each room may include those that stand before it in `floors`, and all of `below`."""
    return {room: below + floors[:at] for at, room in enumerate(floors)}


MAY_INCLUDE = {
    "base": (),
    "config": ("base",),
    "protocol": ("base",),
    "storage": ("base",),
    **_upTo(_PERSISTENCE, _DATA),
    **_upTo(_SERVER, _DATA + _PERSISTENCE),
}
SOURCE_FOLDERS = ("base", "config", "protocol", "storage", "persistence", "server")
FOLDERS_WITH_README = tuple(MAY_INCLUDE) + ("persistence", "tests", "bench")


def roomOf(path):
    """The room that a file (or an include) belongs to: the longest name that its path begins with."""
    rooms = [room for room in MAY_INCLUDE if path.startswith(room + "/")]
    return max(rooms, key=len, default=None)


# (path, class): structs that are tables, a field a row.
FIELDS_ARE_ROWS = (("config/config_values.h", "ConfigValues"),)

CPP_SUFFIXES = (".h", ".cpp")
TEXT_SUFFIXES = CPP_SUFFIXES + (".py", ".sh", ".cmake", ".md", ".txt", ".example", ".js")
TEXT_NAMES = ("Makefile", "Dockerfile", "run", "deps")


class Banned:
    """A pattern that may not stand in code (comments and literals are blanked first), and what to use instead.

    Paths that begin with a pattern of `only` are looked at (none: all paths), except those that match one of `allowed`.
    """

    def __init__(self, name, pattern, instead, only=(), allowed=()):
        self.name = name
        self.pattern = re.compile(pattern)
        self.instead = instead
        self.only = [re.compile(path) for path in only]
        self.allowed = [re.compile(path) for path in allowed]

    def appliesTo(self, path):
        wanted = not self.only or any(pattern.match(path) for pattern in self.only)
        return wanted and not any(pattern.fullmatch(path) for pattern in self.allowed)


PRODUCT = tuple(folder + "/" for folder in SOURCE_FOLDERS)
# Storage has containers of its own, which call new and delete.
OWNERS = ("base/", "config/", "protocol/", "persistence/", "server/", "tests/")
# The composition: what stands directly in server/.
COMPOSITION = r"server/[^/]+"

BANNED = (
    Banned("sprintf", r"\bv?sprintf\s*\(", "fmt::format_to or fmt::format_to_n"),
    Banned("strcpy", r"\bstr(n?cpy|n?cat)\s*\(", "std::string_view and std::string::append"),
    Banned("rand", r"(?<![\w.>])s?rand\s*\(", "a std::mt19937_64 whose seed the owner chose"),
    Banned("regex", r"\bstd::(w?regex|regex_\w+)\b|<regex>", "a hand-written parser or the glob matcher",
           only=PRODUCT),
    Banned("endl", r"\bstd::endl\b", "'\\n'"),
    Banned("localtime", r"\b(localtime|gmtime|ctime|asctime)\s*\(", "localtime_r or gmtime_r"),
    Banned("assert", r"<(cassert|assert\.h)>|(?<![\w.])assert\s*\(",
           "the assertion that stays on in release"),
    Banned("fsync", r"\b(fsync|fdatasync|sync_file_range)\s*\(", "the file interface of persistence/",
           only=PRODUCT, allowed=(r"persistence/files/posix_file\w*\.cpp", r"config/file_replacer\.cpp")),
    Banned("std_function", r"\bstd::function\b", "a function pointer or a template parameter",
           only=("server/commands/", "server/execution/")),
    Banned("system", r"(?<![\w.>])(::|std::)?(system|popen)\s*\(", "posix_spawn or fork with exec"),
    Banned("raw_new", r"(?<!operator )\bnew\b(?!\s*\()(?!\s*>)", "std::make_unique or a container",
           only=OWNERS),
    Banned("raw_delete", r"(?<!operator )\bdelete\b(?!\s*;)(?!\s*\()", "std::unique_ptr or a container",
           only=OWNERS),
    Banned("atoi", r"(?<![\w.>])ato(i|l|ll|f)\s*\(", "std::from_chars or base/numbers.h"),
    Banned("server_reference", r"\bServer\s*&", "references to the two or three classes that are used",
           only=("server/",), allowed=(COMPOSITION,)),
    Banned("using_std", r"\busing\s+namespace\s+std\b", "qualified names"),
)

# These are looked for in comments as well. The words are put together here so that this table passes its own test.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.$})])/(" + "|".join(("wo" + "rk", "ho" + "me", "ro" + "ot", "Us" + "ers")) + r")/\w")

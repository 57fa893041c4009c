"""What the style test forbids, as tables. Adding a rule is adding a row (and a canary in test_check_style.py)."""

import re

README_LINES_MAX = 40
FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70

# The arrow of docs/architecture.md. Rooms in the order of their floors: a room may include itself, and those of MAY_INCLUDE.
_DATA = ("base", "config", "protocol", "storage")
_PERSISTENCE = ("persistence/files", "persistence/ledger", "persistence/rdb", "persistence/log", "persistence/rewrite",
                "persistence/start")
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


CPP_SUFFIXES = (".h", ".cpp")
TEXT_SUFFIXES = CPP_SUFFIXES + (".py", ".sh", ".cmake", ".md", ".txt", ".example", ".tcl", ".js")
TEXT_NAMES = ("Makefile", "Dockerfile", "run", "deps")


class Banned:
    """A pattern that may not stand in code (comments and literals are blanked first), and what to use instead."""

    def __init__(self, name, pattern, instead, only=None, allowed=None):
        self.name = name
        self.pattern = re.compile(pattern)
        self.instead = instead
        self.only = re.compile(only or "")
        self.allowed = re.compile(allowed or r"(?!)")

    def appliesTo(self, path):
        return bool(self.only.match(path)) and not self.allowed.match(path)


PRODUCT = r"(base|config|protocol|storage|persistence|server)/"

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
           only=PRODUCT, allowed=r"persistence/files/posix_file\w*\.cpp|config/file_replacer\.cpp"),
    Banned("std_function", r"\bstd::function\b", "a function pointer or a template parameter",
           only=r"server/(commands|execution)/"),
    Banned("system", r"(?<![\w.>])(::|std::)?(system|popen)\s*\(", "posix_spawn or fork with exec"),
    Banned("raw_new", r"(?<!operator )\bnew\b(?!\s*\()(?!\s*>)", "std::make_unique or a container",
           only=r"(config|protocol|persistence|server|tests)/"),
    Banned("raw_delete", r"(?<!operator )\bdelete\b(?!\s*;)(?!\s*\()", "std::unique_ptr or a container",
           only=r"(config|protocol|persistence|server|tests)/"),
    Banned("atoi", r"(?<![\w.>])ato(i|l|ll|f)\s*\(", "std::from_chars or base/numbers.h"),
    Banned("using_std", r"\busing\s+namespace\s+std\b", "qualified names"),
)

# These are looked for in comments as well. The words are put together here so that this table passes its own test.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.$})])/(" + "|".join(("wo" + "rk", "ho" + "me", "ro" + "ot", "Us" + "ers")) + r")/\w")

"""What the style test forbids, as tables. Adding a rule is adding a row (and a canary in test_check_style.py)."""

import re

SOURCE_FOLDERS = ("config", "protocol", "storage", "persistence", "server")
FOLDERS_WITH_README = SOURCE_FOLDERS + ("tests", "bench")
README_LINES_MAX = 10
FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70

# The arrow of docs/architecture.md: a folder may include itself and what stands here.
MAY_INCLUDE = {
    "config": (),
    "protocol": (),
    "storage": (),
    "persistence": ("storage", "protocol", "config"),
    "server": ("persistence", "storage", "protocol", "config"),
}

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


PRODUCT = r"(config|protocol|storage|persistence|server)/"

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
           only=PRODUCT, allowed=r"persistence/posix_file\w*\.cpp|config/file_replacer\.cpp"),
    Banned("std_function", r"\bstd::function\b", "a function pointer or a template parameter",
           only=r"server/(commands/|dispatch)"),
    Banned("system", r"(?<![\w.>])(::|std::)?(system|popen)\s*\(", "posix_spawn or fork with exec"),
    Banned("raw_new", r"(?<!operator )\bnew\b(?!\s*\()(?!\s*>)", "std::make_unique or a container",
           only=r"(config|protocol|persistence|server|tests)/"),
    Banned("raw_delete", r"(?<!operator )\bdelete\b(?!\s*;)(?!\s*\()", "std::unique_ptr or a container",
           only=r"(config|protocol|persistence|server|tests)/"),
    Banned("atoi", r"(?<![\w.>])ato(i|l|ll|f)\s*\(", "std::from_chars or protocol/numbers.h"),
    Banned("using_std", r"\busing\s+namespace\s+std\b", "qualified names"),
)

# These are looked for in comments as well. The words are put together here so that this table passes its own test.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.$})])/(" + "|".join(("wo" + "rk", "ho" + "me", "ro" + "ot", "Us" + "ers")) + r")/\w")

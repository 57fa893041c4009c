"""docs/how-to.md names files, functions and types: all of them are there, and so is the code that it shows."""

import re
import unittest

from integration.test_documents import CODE, FENCE, NOT_OURS
from support.server import ROOT

PAGE = ROOT / "docs" / "how-to.md"
HEADINGS = ["A command", "A type", "A directive", "An INFO field", "A text in the log", "A test"]
SOURCES = {".h", ".cpp", ".py", ".inc"}
FILE_NAME = re.compile(r"[\w./<>-]*[\w>]\.(?:h|cpp|py|inc|md|txt|example)")
FOLDER = re.compile(r"[\w.<>-]+(?:/[\w.<>-]+)*/")
# What is built is there after a build only.
BUILT = re.compile(r"build/.*")
CALL = re.compile(r"(?<![\w-])(\w+)\(\)")
QUALIFIED = re.compile(r"(\w+)::(\w+)")
CAMEL_CASE = re.compile(r"(?<![\w/.])k?(?:[A-Z][a-z0-9]+){2,}(?![\w.])")


def headingsIn(text):
    return re.findall(r"^## (.*)$", FENCE.sub("", text), re.MULTILINE)


def pathsIn(text):
    """What a page calls a file or a folder. `<family>` in it stands for any word."""
    words = [word for span in CODE.findall(FENCE.sub("", text)) for word in span.split()]
    return [word for word in words
            if (FILE_NAME.fullmatch(word) or FOLDER.fullmatch(word)) and not BUILT.fullmatch(word)]


def isThere(path, names):
    """Whether the tree, whose files and folders are `names`, has such a path; a name alone may be in any folder."""
    pattern = re.sub(r"\\?<\w+\\?>", r"[^/]+", re.escape(path.rstrip("/")))
    return any(re.fullmatch(pattern if "/" in path.rstrip("/") else f"(?:.*/)?{pattern}", name) for name in names)


def identifiersIn(text):
    """The functions and types that a page names in a line of text: those with parentheses, those in CamelCase."""
    found = set()
    for span in CODE.findall(FENCE.sub("", text)):
        if "<" not in span and not FILE_NAME.fullmatch(span):
            found |= set(CALL.findall(span)) | set(CAMEL_CASE.findall(span))
            found |= {name for pair in QUALIFIED.findall(span) for name in pair}
    return found


def shownCode(text):
    """The lines of C++ that a page shows, without what it leaves out."""
    lines = [line.strip() for kind, block in FENCE.findall(text) if kind == "cpp" for line in block.splitlines()]
    return [line for line in lines if line and line != "// ..."]


class ReaderTest(unittest.TestCase):
    """The tests below find nothing where their eyes are shut."""

    TEXT = ("## One\nSee `a/b.h` and `run_cases.py --family x`, `docs/`, `cases_<family>.py`, `build/release/unit-x`.\n"
            "`makeIt()`, `InfoKind`, `kRowTable`, `One::two`, `MULTI`, `a.cpp`, not inCode()\n"
            "```cpp\n## Shown\n  int x;\n// ...\n```\n## Two\n")

    def testHeadingsPathsNamesAndCodeAreFound(self):
        self.assertEqual(headingsIn(self.TEXT), ["One", "Two"])
        self.assertEqual(pathsIn(self.TEXT), ["a/b.h", "run_cases.py", "docs/", "cases_<family>.py", "a.cpp"])
        self.assertEqual(identifiersIn(self.TEXT), {"makeIt", "InfoKind", "kRowTable", "One", "two"})
        self.assertEqual(shownCode(self.TEXT), ["## Shown", "int x;"])

    def testAPathThatIsNotThereIsNoticed(self):
        names = ["a", "a/b.h", "a/cases_sets.py"]
        for path in ("a/", "a/b.h", "b.h", "cases_<family>.py", "a/cases_<family>.py"):
            self.assertTrue(isThere(path, names), path)
        for path in ("b/", "b/b.h", "c.h", "a/<word>.cpp", "<family>/x.py"):
            self.assertFalse(isThere(path, names), path)


class HowToTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = PAGE.read_text()
        paths = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)]
        cls.names = [path.relative_to(ROOT).as_posix() for path in paths]
        files = [path for path in paths if path.suffix in SOURCES and path.name != "test_how_to.py" and path.is_file()]
        sources = [path.read_text(errors="replace") for path in files]
        cls.words = {word for source in sources for word in re.findall(r"\w+", source)}
        cls.lines = {line.strip() for source in sources for line in source.splitlines()}

    def testEverySectionIsThere(self):
        self.assertEqual(headingsIn(self.text), HEADINGS)

    def testEveryPathIsThere(self):
        named = pathsIn(self.text)
        self.assertGreater(len(named), 30)
        self.assertEqual([path for path in named if not isThere(path, self.names)], [])

    def testEveryFunctionAndTypeStandsInTheSources(self):
        named = identifiersIn(self.text)
        self.assertGreater(len(named), 20)
        self.assertEqual(sorted(named - self.words), [])

    def testEveryTestThatIsNamedIsThere(self):
        """The tables name Catch2 tests between quotes."""
        rows = [line for line in self.text.splitlines() if line.startswith("|")]
        named = [name for row in rows for name in re.findall(r"_test\.cpp`: \"([^\"]+)\"", row)]
        self.assertGreater(len(named), 5)
        tests = re.sub(r'"\s*\n\s*"', "", "\n".join(
            (ROOT / name).read_text() for name in self.names if name.endswith("_test.cpp")))
        self.assertEqual([name for name in named if f'"{name}"' not in tests], [])

    def testShownCodeStandsInTheSources(self):
        self.assertEqual([line for line in shownCode(self.text) if line not in self.lines], [])

"""What documents say that a program can look up: links, paths, commands, INFO fields, directives, units."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest
from support.server import ROOT, ourBinary, runToExit

OPERATING = ROOT / "docs" / "operating.md"
# The pages that are for everybody: what they name must be there.
FOR_EVERYBODY = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")] + [OPERATING]
# Folders that hold no document of ours.
NOT_OURS = {"build", ".git", ".cache", "node_modules"}

# Directives that may be given several times and have no value that CONFIG GET could show.
WITHOUT_VALUE = {"rename-command", "user", "include", "loadmodule"}
# Words with a hyphen that are no directives: programs, a field of dumps, events of LATENCY.
PROGRAM = re.compile(r"(inkstone|redis|systemd)-.*")
LATENCY_EVENT = re.compile(r"aof-(write|fsync|reply).*")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*?) *#*$", re.MULTILINE)
TREE = re.compile(r"(?:base|config|protocol|storage|persistence|server|tests|bench|docs|cmake|\.ci|\.docker|\.github)"
                  r"/[\w./*-]*")


def documents():
    """All documents of the tree, as paths from its root."""
    found = [path.relative_to(ROOT) for path in ROOT.rglob("*.md")]
    return sorted(path for path in found if not NOT_OURS & set(path.parts))


def withoutCode(text):
    """The text without its blocks of code, fenced or indented, and without code in lines."""
    text = FENCE.sub("", text)
    lines = [line for line in text.splitlines() if not line.startswith("    ")]
    return CODE.sub("", "\n".join(lines))


def anchors(text):
    """What a link may name in a document, made from its headings as GitHub does."""
    seen, found = {}, set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(f"{slug}-{count}" if count else slug)
    return found


def brokenLinks(path, text, read):
    """The links of a document that lead nowhere. `read` gives the text of a file, or None."""
    broken = []
    for target in LINK.findall(withoutCode(text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        leads_to = (path.parent / name).resolve() if name else path
        found = text if not name else read(leads_to)
        if found is None or (anchor and anchor not in anchors(found)):
            broken.append(target)
    return broken


def readOrNone(path):
    if path.is_dir():
        return ""
    return path.read_text(errors="replace") if path.is_file() else None


def codeBlocks(text):
    """All lines within blocks of code."""
    fenced = [line for _, block in FENCE.findall(text) for line in block.splitlines()]
    return fenced + [line.strip() for line in FENCE.sub("", text).splitlines() if line.startswith("    ")]


def firstColumn(text, heading):
    """The words in the first column of the tables whose first column has that heading."""
    words, inside = [], False
    for line in text.splitlines():
        if not line.startswith("|"):
            inside = False
        elif line.startswith(f"| {heading} |"):
            inside = True
        elif inside:
            words += CODE.findall(line.split("|")[1])
    return words


def infoFieldsIn(text):
    """What a document calls a field of INFO: a word with underscores, or a row of such a table."""
    spans = {span.partition(":")[0] for span in CODE.findall(FENCE.sub("", text))}
    written = {span for span in spans if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", span)}
    return written | set(firstColumn(text, "INFO field"))


def directivesIn(text):
    """What a document calls a directive: a word with a hyphen, a row of such a table, an argument of the server."""
    spans = {span.partition(" ")[0] for span in CODE.findall(FENCE.sub("", text))}
    written = {span for span in spans if re.fullmatch(r"[a-z]+(-[a-z]+)+", span)
               and not PROGRAM.fullmatch(span) and not LATENCY_EVENT.fullmatch(span)}
    arguments = {word for line in codeBlocks(text) if "inkstone-server" in line
                 for word in re.findall(r"--([a-z][a-z-]+)", line)}
    return (written | arguments | set(firstColumn(text, "directive"))) - {"check-config"}


class ParserTest(unittest.TestCase):
    """The tests below find nothing where their eyes are shut."""

    TEXT = ("# A `b`: c, d\n## Twice\n## Twice\nSee [x](#twice-1), [y](other.md#gone), [z](https://e.org) and "
            "`[no](link.md)`.\n\n    inkstone-server --dir x --append-only yes\n\n`used_memory:1`, `bind-it yes`\n"
            "| INFO field | x |\n|---|---|\n| `loading` | `dir` |\n\n| directive | x |\n|---|---|\n| `bind` | y |\n")

    def testAnchorsAreGitHubs(self):
        self.assertEqual(anchors(self.TEXT), {"a-b-c-d", "twice", "twice-1"})

    def testABrokenLinkIsFound(self):
        path = Path("/a/b.md")
        self.assertEqual(brokenLinks(path, self.TEXT, lambda _: None), ["other.md#gone"])
        self.assertEqual(brokenLinks(path, self.TEXT, lambda _: "# Other"), ["other.md#gone"])
        self.assertEqual(brokenLinks(path, self.TEXT, lambda _: "# Gone"), [])

    def testFieldsAndDirectivesAreFound(self):
        self.assertEqual(infoFieldsIn(self.TEXT), {"used_memory", "loading"})
        self.assertEqual(directivesIn(self.TEXT), {"bind-it", "bind", "dir", "append-only"})


class DocumentTest(unittest.TestCase):
    def testEveryLinkLeadsToAFileAndAHeading(self):
        names = documents()
        self.assertGreater(len(names), 15)
        broken = {str(name): brokenLinks(ROOT / name, (ROOT / name).read_text(), readOrNone) for name in names}
        self.assertEqual({name: links for name, links in broken.items() if links}, {})

    def testEveryPathThatIsNamedIsThere(self):
        for page in FOR_EVERYBODY:
            named = [span for span in CODE.findall(page.read_text()) if TREE.fullmatch(span)]
            self.assertEqual([span for span in named if not list(ROOT.glob(span.rstrip("/")))], [], page.name)

    def testEveryCommandOfMakeIsATarget(self):
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        named = []
        for page in FOR_EVERYBODY:
            text = page.read_text()
            spans = [line for line in codeBlocks(text) + CODE.findall(text) if line.startswith("make ")]
            named += [span.split()[1] for span in spans]
        self.assertGreater(len(named), 10)
        self.assertEqual([name for name in named if name not in targets], [])


@OURS_ONLY
class OperatingTest(ServerTest):
    """docs/operating.md, held against a running server."""

    def setUp(self):
        self.text = OPERATING.read_text()

    def testEveryFieldOfInfoIsThere(self):
        named = infoFieldsIn(self.text)
        self.assertGreater(len(named), 20)
        client = self.connect(self.serve(directives={"appendonly": "yes"}))
        shown = set(client.info("everything"))
        # Shown while data are loaded only.
        shown.add("loading_eta_seconds")
        self.assertEqual(sorted(named - shown), [])

    def testEveryDirectiveIsKnown(self):
        named = directivesIn(self.text) - WITHOUT_VALUE
        self.assertGreater(len(named), 15)
        client = self.connect(self.serve())
        self.assertEqual([name for name in sorted(named) if not client.value("CONFIG", "GET", name)], [])

    def testEveryConfigurationIsRight(self):
        blocks = [block for kind, block in FENCE.findall(self.text) if kind == "conf"]
        self.assertTrue(blocks)
        for block in blocks:
            with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
                file.write(block)
                file.flush()
                status, said = runToExit(["--check-config", file.name])
                self.assertEqual(status, 0, said)

    def testEveryEventOfLatencyIsRecorded(self):
        named = {span for span in CODE.findall(self.text) if LATENCY_EVENT.fullmatch(span)}
        self.assertTrue(named)
        sources = "".join(path.read_text() for folder in ("persistence", "server")
                          for path in (ROOT / folder).rglob("*.cpp"))
        self.assertEqual([name for name in sorted(named) if f'"{name}"' not in sources], [])

    def unit(self):
        """The unit of systemd that stands in the text."""
        units = [block for kind, block in FENCE.findall(self.text) if kind == "ini" and "[Unit]" in block]
        self.assertEqual(len(units), 1)
        return units[0]

    def testTheUnitWaitsForReadinessAndFitsTheServer(self):
        unit = self.unit()
        for line in ("Type=notify", "OOMPolicy=continue", "UMask=0077"):
            self.assertIn(f"{line}\n", unit)
        self.assertIn(" --supervised systemd", unit)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd here that could judge the unit")
    def testSystemdUnderstandsTheUnit(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "inkstone-documented.service"
            unit, count = re.subn(r"(?m)^ExecStart=\S+", f"ExecStart={ourBinary()}", self.unit())
            self.assertEqual(count, 1)
            file.write_text(unit)
            done = subprocess.run(["systemd-analyze", "verify", str(file)], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
            # It also judges the units of this machine that ours needs.
            said = [line for line in done.stdout.splitlines() if "inkstone-documented" in line]
            self.assertEqual(said, [])

#!/usr/bin/python3
"""Checks what a compiler and a formatter do not: the layer arrow, sizes, banned calls, and a few habits.

usage: check_style.py [--root FOLDER] [--quiet]

Functions longer than the bound are tolerated only when baseline.txt lists them, and that list may only shrink: an
entry whose function has become shorter, or is gone, is itself an error.
"""

import argparse
import ast
import collections
import os
import pathlib
import sys

import cpp_text
import rules

HERE = pathlib.Path(__file__).resolve().parent
RULES_PATH = "tests/style/rules.py"
SKIPPED_FOLDERS = {"build", ".git", ".cache", "__pycache__", "node_modules"}


class Report:
    def __init__(self):
        self.findings = []

    def add(self, rule, path, line, text):
        self.findings.append((rule, path, line, text))


def textFiles(root):
    """Paths, relative to root, of every file the rules look at."""
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            if name.endswith(rules.TEXT_SUFFIXES) or name in rules.TEXT_NAMES:
                yield (pathlib.Path(folder) / name).relative_to(root).as_posix()


def lineOf(text, offset):
    return text.count("\n", 0, offset) + 1


def checkLayers(path, text, report):
    room = rules.roomOf(path)
    if room is None:
        return
    for line, target in cpp_text.includes(text):
        target_room = rules.roomOf(target)
        if "/" not in target or target.startswith("."):
            report.add("include_path", path, line, f'"{target}": include paths start at the root')
        elif target_room is None:
            report.add("layer", path, line, f"{target} is in no room of rules.MAY_INCLUDE")
        elif target_room != room and target_room not in rules.MAY_INCLUDE[room]:
            report.add("layer", path, line, f"{room}/ may not include {target}")


def checkBanned(path, text, report):
    code = cpp_text.codeOnly(text)
    for row in rules.BANNED:
        if not row.appliesTo(path):
            continue
        for match in row.pattern.finditer(code):
            before = code[: match.start()].rstrip()
            if row.name == "raw_delete" and before.endswith("="):
                continue
            found = match.group(0).strip()
            report.add(row.name, path, lineOf(code, match.start()), f"{found}: use {row.instead}")


def checkHeader(path, text, report):
    guards = [line.strip() for line in cpp_text.codeOnly(text).splitlines() if line.strip()]
    if not guards or guards[0] != "#pragma once":
        report.add("pragma_once", path, 1, "the first line of code of a header is #pragma once")


def checkLength(path, text, report):
    lines = text.count("\n")
    if lines > rules.FILE_LINES_MAX:
        report.add("file_length", path, lines, f"{lines} lines, at most {rules.FILE_LINES_MAX}: split by role")


def longFunctions(path, text):
    """(line, number of lines) of each function over the bound."""
    if path.endswith(".py"):
        nodes = (n for n in ast.walk(ast.parse(text)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
        found = [(n.lineno, n.end_lineno - n.lineno + 1) for n in nodes]
    else:
        found = cpp_text.functions(text)
    return [(line, lines) for line, lines in found if lines > rules.FUNCTION_LINES_MAX]


def checkWords(path, text, report):
    for line, content in enumerate(text.splitlines(), 1):
        if rules.UNFINISHED.search(content):
            report.add("unfinished", path, line, "finish it, or open an issue")
        if rules.MACHINE_PATH.search(content):
            report.add("machine_path", path, line, "a path of one machine: derive it from the script's place")


def checkAscii(path, text, report):
    for line, content in enumerate(text.splitlines(), 1):
        if not content.isascii():
            report.add("ascii", path, line, "only ASCII in sources: use an escape")


def checkScript(root, path, text, report):
    first = text.split("\n", 1)[0]
    if first.startswith("#!") and first != "#!/usr/bin/python3":
        report.add("shebang", path, 1, "Python scripts start with #!/usr/bin/python3")
    executable = os.access(root / path, os.X_OK)
    if first.startswith("#!") != executable:
        report.add("shebang", path, 1, "a script has a first line with #! and is executable; a module has neither")


def checkFields(path, text, report):
    for line, name, fields in cpp_text.classes(text):
        if fields > rules.CLASS_FIELDS_MAX and (path, name) not in rules.FIELDS_ARE_ROWS:
            report.add("class_fields", path, line,
                       f"{name} has {fields} fields, at most {rules.CLASS_FIELDS_MAX}: split it by idea")


def checkShortFile(path, text, report):
    lines = text.count("\n")
    if lines < rules.SHORT_FILE_LINES and not (path.endswith(".h") and cpp_text.holdsConstantsOnly(text)):
        report.add("short_file", path, lines, f"{lines} lines: it belongs to a file of the same idea")


def checkDocWidth(path, text, report):
    fenced = False
    for line, content in enumerate(text.splitlines(), 1):
        fenced ^= content.lstrip().startswith("```")
        is_table_or_link = not fenced and (content.lstrip().startswith("|") or "](" in content or "://" in content)
        if len(content) > rules.DOC_COLUMNS_MAX and not is_table_or_link:
            report.add("doc_width", path, line, f"{len(content)} columns, at most {rules.DOC_COLUMNS_MAX}")


def checkReadmes(root, report):
    for folder in rules.FOLDERS_WITH_README:
        if (root / folder).is_dir() and not (root / folder / "README.md").is_file():
            report.add("readme", f"{folder}/README.md", 1, "missing: owns, may include, read first")


def readBaseline(root):
    """path -> the longest function it may hold."""
    file = root / "tests/style/baseline.txt"
    rows = [line.split() for line in file.read_text().splitlines()] if file.is_file() else []
    return {row[0]: int(row[1]) for row in rows if row and not row[0].startswith("#")}


def checkFunctions(sizes, baseline, report):
    """The ratchet: `sizes` maps a path to its functions over the bound."""
    for path, found in sizes.items():
        allowed = baseline.get(path, rules.FUNCTION_LINES_MAX)
        for line, lines in found:
            if lines > allowed:
                report.add("function_length", path, line, f"{lines} lines, at most {allowed}: split it")
    for path, allowed in baseline.items():
        longest = max((lines for _, lines in sizes.get(path, [])), default=0)
        if longest < allowed:
            text = f"{path}: the longest function is now {longest} lines: lower or drop {allowed}"
            report.add("baseline", "tests/style/baseline.txt", 1, text)


def withinRatchets(findings, ratchets):
    """The findings without those that a ratchet tolerates, and with each ratchet that could be lower."""
    counts = collections.Counter(rule for rule, *_ in findings)
    left = [finding for finding in findings if counts[finding[0]] > ratchets.get(finding[0], 0)]
    for rule, tolerated in ratchets.items():
        if counts[rule] < tolerated:
            left.append(("ratchet", RULES_PATH, 1, f"{rule}: {counts[rule]} are left: lower {tolerated}"))
    return left


def check(root, ratchets):
    """Every finding in the tree at `root` as (rule, path, line, text), except those that `ratchets` tolerates."""
    root = pathlib.Path(root)
    report, sizes = Report(), {}
    for path in textFiles(root):
        text = (root / path).read_text(encoding="utf-8", errors="surrogateescape")
        checkWords(path, text, report)
        if path.endswith(rules.CPP_SUFFIXES):
            checkLayers(path, text, report)
            checkBanned(path, text, report)
            checkFields(path, text, report)
            checkShortFile(path, text, report)
        if path.endswith(".md"):
            checkDocWidth(path, text, report)
        if path.endswith(".h"):
            checkHeader(path, text, report)
        if path.endswith(".py"):
            checkScript(root, path, text, report)
        if path.endswith(rules.CPP_SUFFIXES + (".py",)):
            checkAscii(path, text, report)
            checkLength(path, text, report)
            sizes[path] = longFunctions(path, text)
    checkReadmes(root, report)
    checkFunctions(sizes, readBaseline(root), report)
    return withinRatchets(report.findings, ratchets)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--root", default=HERE.parent.parent, type=pathlib.Path)
    parser.add_argument("--quiet", action="store_true", help="print findings only")
    options = parser.parse_args()
    findings = check(options.root, rules.RATCHETS)
    for rule, path, line, text in findings:
        print(f"{path}:{line}: [{rule}] {text}")
    if not findings and not options.quiet:
        print("style: nothing to complain about")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

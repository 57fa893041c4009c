#!/usr/bin/python3
"""Which sources of a library can be read as one: groups in which no name stands in two unnamed namespaces.

usage: unity_groups.py SOURCE...

Prints each path with the number of its group, as a list of CMake: path;group;path;group. A source one of whose names is
that of a type in some header is left out, and read alone.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/style"))

import cpp_text  # noqa: E402
import rules  # noqa: E402

# More would be quicker to read, and would keep the last compiler waiting.
GROUP_MAX = 12

_TYPE = re.compile(r"\b(?:class|struct|union|enum(?:\s+class)?)\s+(\w+)")
_ALIAS = re.compile(r"\busing\s+(\w+)\s*=")
_CALLED = re.compile(r"(~?\w+)\s*\(")
_VARIABLE = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=|$)")


def _declared(statement):
    """The name that a statement of a namespace declares, or None."""
    plain = cpp_text.withoutBrackets(statement).strip()
    if not plain:
        return None
    if alias := _ALIAS.search(plain):
        return alias.group(1)
    before = plain.split("=", 1)[0].rstrip()
    called = _CALLED.search(before)
    if not called and (type_ := _TYPE.search(before)):
        return type_.group(1)
    found = called or _VARIABLE.search(before)
    return found.group(1) if found else None


def unnamed(text):
    """The names in unnamed namespaces of a source."""
    code = cpp_text.withoutDirectives(text)
    names = set()
    for opening in re.finditer(r"\bnamespace\s*\{", code):
        depth, start = 1, opening.end()
        for match in re.finditer(r"[{};]", code[start:]):
            at = opening.end() + match.start()
            if depth == 1:
                names.add(_declared(code[start:at]))
                start = at + 1
            depth += {"{": 1, "}": -1, ";": 0}[match.group()]
            if depth == 1:
                start = at + 1
            if depth == 0:
                break
    return names - {None}


def typesOfHeaders():
    folders = (ROOT / folder for folder in rules.SOURCE_FOLDERS)
    texts = (path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.h"))
    return {name for text in texts for name in (*_TYPE.findall(text), *_ALIAS.findall(text))}


def groupsOf(sources):
    """(source, number of its group); each goes into the first group that has room and none of its names."""
    types, groups, result = typesOfHeaders(), [], []
    for source in sources:
        names = unnamed(Path(source).read_text(encoding="utf-8"))
        if names & types:
            continue
        fitting = (number for number, (size, taken) in enumerate(groups) if size < GROUP_MAX and not names & taken)
        number = next(fitting, len(groups))
        if number == len(groups):
            groups.append((0, set()))
        size, taken = groups[number]
        groups[number] = (size + 1, taken | names)
        result.append((source, number))
    return result


def main():
    print(";".join(f"{source};{number}" for source, number in groupsOf(sys.argv[1:])), end="")


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Which sources of a library cannot be read as one with others: a name in an unnamed namespace of theirs is a name in
one of a source before them, or of a type in some header.

usage: unity_apart.py SOURCE...

Prints their paths with semicolons between, as CMake wants a list.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/style"))

import cpp_text  # noqa: E402
import rules  # noqa: E402

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


def main():
    seen, apart = typesOfHeaders(), []
    for source in sys.argv[1:]:
        names = unnamed(Path(source).read_text(encoding="utf-8"))
        if names & seen:
            apart.append(source)
        else:
            seen |= names
    print(";".join(apart), end="")


if __name__ == "__main__":
    main()

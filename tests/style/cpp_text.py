"""Just enough understanding of C++ text for the style test: what is code, and where functions begin and end."""

import re

_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/
      |R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"
      |"(?:\\.|[^"\\\n])*"
      |(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.S | re.X,
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M)
_SCOPE = re.compile(r"\b(namespace|extern)\b")
_TYPE = re.compile(r"\b(class|struct|union|enum)\b")


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def codeOnly(text):
    """The text with comments and literals replaced by blanks; lines and columns stay where they were."""
    return _TOKEN.sub(lambda match: _blank(match.group(0)), text)


def includes(text):
    """(line number, path) of every include in double quotes."""
    found = re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', text, re.M)
    return [(text.count("\n", 0, match.start()) + 1, match.group(1)) for match in found]


def _kindOf(statement, parent):
    """What a brace opens, judged by the statement before it and the scope it stands in."""
    if parent not in ("scope", "type"):
        return "inner"
    without_template = re.sub(r"template\s*<[^{}]*?>(?=\s*\w)", "", statement)
    if _SCOPE.search(without_template):
        return "scope"
    has_parenthesis = "(" in without_template
    if _TYPE.search(without_template) and not has_parenthesis:
        return "type"
    return "function" if has_parenthesis else "inner"


def _lineAt(code, offset):
    return code.count("\n", 0, offset) + 1


def functions(text):
    """(first line, number of lines) of every function body, from its signature to its closing brace.

    A brace outside of functions opens a function when a parenthesis precedes it in its statement; lambdas and blocks
    within a function belong to that function. The rows of a table, `return {...}` without a statement in it, are data
    and do not count.
    """
    code = _DIRECTIVE.sub(lambda match: _blank(match.group(0)), codeOnly(text))
    found, start = [], 0
    stack = [["scope", 0]]  # what is open: kind, offset of its statement
    data_lines = 0
    for match in re.finditer(r"[{};]", code):
        token, at = match.group(0), match.start()
        if token == "{":
            statement = code[start:at]
            kind = _kindOf(statement, stack[-1][0])
            if statement.strip() == "return" and stack[-1][0] == "function":
                kind = "table"
            stack.append([kind, start + len(statement) - len(statement.lstrip())])
        elif token == ";":
            # A statement inside: what looked like a table holds code.
            stack[1:] = [["inner" if kind == "table" else kind, offset] for kind, offset in stack[1:]]
        elif len(stack) > 1:
            kind, offset = stack.pop()
            lines = _lineAt(code, at) - _lineAt(code, offset) + 1
            if kind == "table":
                data_lines += max(0, lines - 2)
            elif kind == "function":
                found.append((_lineAt(code, offset), lines - data_lines))
                data_lines = 0
        start = match.end()
    return found

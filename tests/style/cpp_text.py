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


def functions(text):
    """(first line, number of lines) of every function body, from its signature to its closing brace.

    A brace outside of functions opens a function when a parenthesis precedes it in its statement; lambdas and blocks
    within a function belong to that function.
    """
    code = _DIRECTIVE.sub(lambda match: _blank(match.group(0)), codeOnly(text))
    found, stack, start = [], ["scope"], 0
    opened = []
    for match in re.finditer(r"[{};]", code):
        token, at = match.group(0), match.start()
        if token == "{":
            statement = code[start:at]
            stack.append(_kindOf(statement, stack[-1]))
            signature = start + len(statement) - len(statement.lstrip())
            opened.append(signature)
        elif token == "}" and len(stack) > 1:
            kind, signature = stack.pop(), opened.pop()
            if kind == "function":
                found.append((code.count("\n", 0, signature) + 1, code.count("\n", signature, at) + 1))
        start = match.end()
    return found

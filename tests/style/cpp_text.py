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


def withoutDirectives(text):
    """The code of the text without directives of the preprocessor."""
    return _DIRECTIVE.sub(lambda match: _blank(match.group(0)), codeOnly(text))


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
    code = withoutDirectives(text)
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


_LABEL = re.compile(r"^\s*(?:public|protected|private)\s*:(?!:)")
_NO_FIELD = re.compile(r"(?:using|typedef|friend|static|template|enum|class|struct|union|static_assert|extern)\b")
_NAME = re.compile(r"\b(?:class|struct|union)\s+(?:\[\[.*?\]\]\s*|alignas\s*\(.*?\)\s*)*(\w+)")


def withoutBrackets(statement):
    """The statement with whatever stands in <> or [[ ]] taken away."""
    statement = re.sub(r"\[\[.*?\]\]|\balignas\s*\([^)]*\)", " ", statement, flags=re.S)
    before = None
    while before != statement:
        before, statement = statement, re.sub(r"<[^<>;{}]*>", " ", statement)
    return statement


def _fieldsIn(statement, braced):
    """How many members a statement of a class declares; `braced` when it held {...}, an initializer or a body."""
    while _LABEL.match(statement):
        statement = _LABEL.sub("", statement, count=1)
    plain = withoutBrackets(statement).strip()
    if not plain or _NO_FIELD.match(plain) or re.search(r"\boperator\b", plain):
        return 0
    declared = re.split(r"=", plain, maxsplit=1)[0]
    if re.search(r"\(\s*\*", declared):
        return 1
    if "(" in declared or not re.search(r"\w\s", declared):
        return 0
    return 1 if braced or "=" in plain else 1 + declared.count(",")


def classes(text):
    """(line, name, number of fields) of every named class and struct; members of a type within belong to that one."""
    code = withoutDirectives(text)
    found, start = [], 0
    stack = [{"kind": "scope"}]
    for match in re.finditer(r"[{};]", code):
        token, at = match.group(0), match.start()
        top = stack[-1]
        if token == "{":
            statement = code[start:at]
            kind = _kindOf(withoutBrackets(statement), top["kind"])
            if kind == "function" and top["kind"] == "type" and "=" in withoutBrackets(statement):
                kind = "inner"
            name = _NAME.search(statement)
            stack.append({"kind": kind, "statement": statement, "line": _lineAt(code, at), "fields": 0,
                          "name": name.group(1) if name else ""})
        elif token == ";":
            if top["kind"] == "type":
                held = top.pop("held", None)
                top["fields"] += _fieldsIn((held or "") + code[start:at], held is not None)
        elif len(stack) > 1:
            closed = stack.pop()
            if closed["kind"] == "type" and closed["name"] and not re.search(r"\benum\b", closed["statement"]):
                found.append((closed["line"], closed["name"], closed["fields"]))
            elif closed["kind"] == "inner" and stack[-1]["kind"] == "type":
                stack[-1]["held"] = stack[-1].pop("held", "") + closed["statement"]
        start = match.end()
    return found


def holdsConstantsOnly(text):
    """A header without classes and functions: constants, enumerations and names of types."""
    code = withoutDirectives(text)
    return not classes(text) and not functions(text) and not re.search(r"\w\s*\([^;]*\)[^;{]*;", code)

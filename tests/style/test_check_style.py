#!/usr/bin/python3
"""The style test must be able to fail: one canary a rule, each in a tree that is otherwise clean."""

import os
import pathlib
import sys
import tempfile
import unittest

import check_style
import cpp_text
import rules

LONG_BODY = "  work();\n" * (rules.FUNCTION_LINES_MAX + 1)
FIX_LATER = "TO" + "DO"

CLEAN = {
    "storage/table.h": "// What it is for.\n#pragma once\n\nstruct Table {\n  Table(const Table&) = delete;\n};\n",
    "server/loop.cpp": '#include "persistence/log.h"\n#include <new>\n// a new table; rand() is only mentioned\n'
    'const char* kText = "system(1) and new";\nvoid f() { rng.rand(); }\n',
    "persistence/posix_file.cpp": "void sync(int fd) { fdatasync(fd); }\n",
    "tests/compat/runner.py": "#!/usr/bin/python3\nprint(1)\n",
}
CLEAN.update({f"{folder}/README.md": "Owns.\n" for folder in rules.FOLDERS_WITH_README})

# (rule, path, text): each must be reported, by that rule, in that file.
CANARIES = (
    ("layer", "config/a.cpp", '#include "storage/table.h"\n'),
    ("layer", "protocol/a.cpp", '#include "config/config.h"\n'),
    ("layer", "storage/a.h", '#pragma once\n#include "protocol/reply.h"\n'),
    ("layer", "persistence/files/a.cpp", '#include "server/server.h"\n'),
    ("include_path", "server/a.cpp", '#include "server.h"\n'),
    ("include_path", "server/a.cpp", '#include "../storage/table.h"\n'),
    ("sprintf", "server/a.cpp", 'void f(char* p) { sprintf(p, "x"); }\n'),
    ("strcpy", "server/a.cpp", "void f(char* p) { strcpy(p, p); }\n"),
    ("rand", "storage/a.cpp", "int f() { return rand(); }\n"),
    ("regex", "config/a.cpp", "bool f() { return std::regex_match(a, b); }\n"),
    ("endl", "server/a.cpp", "void f() { out << std::endl; }\n"),
    ("localtime", "server/a.cpp", "void f() { localtime(&t); }\n"),
    ("assert", "storage/a.cpp", "#include <cassert>\n"),
    ("fsync", "server/a.cpp", "void f(int fd) { fsync(fd); }\n"),
    ("fsync", "persistence/log/log_writer.cpp", "void f(int fd) { ::fdatasync(fd); }\n"),
    ("std_function", "server/commands/a.cpp", "std::function<void()> f;\n"),
    ("system", "server/a.cpp", "void f() { std::system(command); }\n"),
    ("raw_new", "server/a.cpp", "auto* f() { return new Thing; }\n"),
    ("raw_delete", "persistence/a.cpp", "void f(Thing* t) { delete t; }\n"),
    ("raw_delete", "persistence/a.cpp", "void f(Thing* t) { delete[] t; }\n"),
    ("atoi", "server/a.cpp", "int f(const char* p) { return atoi(p); }\n"),
    ("using_std", "server/a.cpp", "using namespace std;\n"),
    ("pragma_once", "server/a.h", "#ifndef A_H\n#define A_H\n#endif\n"),
    ("file_length", "server/a.cpp", "int a;\n" * (rules.FILE_LINES_MAX + 1)),
    ("function_length", "server/a.cpp", "namespace n {\nvoid f() {\n" + LONG_BODY + "}\n}\n"),
    ("function_length", "server/a.h", "#pragma once\nclass A {\n  A() : b_{1}, c_(2) {\n" + LONG_BODY + "  }\n};\n"),
    ("function_length", "server/a.cpp", "template <class T>\nstruct B f(T t) {\n" + LONG_BODY + "}\n"),
    ("function_length", "bench/a.py", "def f():\n" + "    work()\n" * (rules.FUNCTION_LINES_MAX + 1)),
    ("baseline", "tests/style/baseline.txt", "server/loop.cpp 90\n"),
    ("unfinished", "server/a.cpp", f"// {FIX_LATER}: later\n"),
    ("machine_path", "docs/a.md", "see /" + "home/someone/notes\n"),
    ("machine_path", "tests/a.py", 'ROOT = "/' + 'work/main"\n'),
    ("ascii", "server/a.cpp", "// caf\u00e9\n"),
    ("shebang", "tests/a.py", "#!/usr/bin/env python3\n"),
    ("readme", "storage/README.md", "line\n" * (rules.README_LINES_MAX + 1)),
)


def findingsIn(files):
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            if text.startswith("#!"):
                os.chmod(file, 0o755)
        return check_style.check(folder)


class CheckStyleTest(unittest.TestCase):
    def testCleanTreeHasNoFindings(self):
        self.assertEqual(findingsIn(CLEAN), [])

    def testEachCanaryIsReportedByItsRuleAlone(self):
        for rule, path, text in CANARIES:
            with self.subTest(rule=rule, path=path, text=text[:60]):
                found = {(name, where) for name, where, _, _ in findingsIn({**CLEAN, path: text})}
                self.assertEqual(found, {(rule, path)})

    def testEveryBannedCallHasACanary(self):
        covered = {rule for rule, _, _ in CANARIES}
        self.assertEqual({row.name for row in rules.BANNED} - covered, set())

    def testMissingReadmeIsReported(self):
        files = {path: text for path, text in CLEAN.items() if path != "storage/README.md"}
        self.assertEqual([(rule, path) for rule, path, _, _ in findingsIn(files)], [("readme", "storage/README.md")])

    def testBaselineToleratesALongFunction(self):
        long_file = "void f() {\n" + LONG_BODY + "}\n"
        lines = rules.FUNCTION_LINES_MAX + 3
        files = {**CLEAN, "server/a.cpp": long_file, "tests/style/baseline.txt": f"server/a.cpp {lines}\n"}
        self.assertEqual(findingsIn(files), [])

    def testFunctionsAreMeasuredFromSignatureToBrace(self):
        text = "int a = f(1);\n\nstatic int g(int b,\n             int c) {\n  if (b) {\n  }\n  return c;\n}\n"
        self.assertEqual(cpp_text.functions(text), [(3, 6)])

    def testTablesAreNotFunctions(self):
        self.assertEqual(cpp_text.functions("const Row kRows[] = {\n  {f(1)},\n  {2},\n};\n"), [])

    def testRowsOfATableInAFunctionAreData(self):
        rows = "    {1, {2, 3}},\n" * 200
        self.assertEqual(cpp_text.functions("Rows rows() {\n  return {\n" + rows + "  };\n}\n"), [(1, 4)])

    def testCodeHiddenInATableCounts(self):
        rows = "    [] { work(); },\n" * 200
        self.assertEqual(cpp_text.functions("Rows rows() {\n  return {\n" + rows + "  };\n}\n"), [(1, 204)])

    def testRawStringsAndDigitSeparatorsAreNotCode(self):
        text = "auto a = R\"(delete x; \" {)\";\nauto b = 1'000'000; auto c = '{'; // {\n"
        code = cpp_text.codeOnly(text)
        self.assertNotIn("delete", code)
        self.assertNotIn("{", code)
        self.assertIn("auto c", code)


if __name__ == "__main__":
    sys.argv = [argument if argument != "--quiet" else "-q" for argument in sys.argv]
    unittest.main()

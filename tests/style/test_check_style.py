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

ROOT = check_style.HERE.parent.parent
LONG_BODY = "  work();\n" * (rules.FUNCTION_LINES_MAX + 1)
FIX_LATER = "TO" + "DO"

CLEAN = {
    "storage/table.h": "// What it is for.\n#pragma once\n\nstruct Table {\n  Table(const Table&) = delete;\n};\n",
    "server/loop.cpp": '#include "persistence/log/log.h"\n#include <new>\n// a new table; rand() is only mentioned\n'
    'const char* kText = "system(1) and new";\nvoid f() { rng.rand(); }\n',
    "persistence/files/posix_file.cpp": "void sync(int fd) { fdatasync(fd); }\n",
    "tests/compat/runner.py": "#!/usr/bin/python3\nprint(1)\n",
}
# A file that is long enough, and code that is not the matter of a canary.
PADDING = "\n" * rules.SHORT_FILE_LINES
FIELDS = "".join(f"  int field_{number}_ = 0;\n" for number in range(rules.CLASS_FIELDS_MAX + 1))
CLEAN = {path: text + PADDING if path.endswith((".h", ".cpp")) else text for path, text in CLEAN.items()}
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
    ("raw_delete", "persistence/log/a.cpp", "void f(Thing* t) { delete t; }\n"),
    ("raw_delete", "persistence/log/a.cpp", "void f(Thing* t) { delete[] t; }\n"),
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
    ("class_fields", "server/a.h", "#pragma once\nclass A {\n public:\n" + FIELDS + PADDING + "};\n"),
    ("short_file", "server/a.cpp", "int f() { return 1; }\n"),
    ("short_file", "storage/a.h", "#pragma once\nint f();\n"),
    ("server_reference", "server/net/a.cpp", "void f(const Server& server);\n"),
    ("doc_width", "docs/a.md", "word " * 30 + "\n"),
    ("doc_width", "storage/README.md", "```\n| " + "-" * 120 + " |\n```\n"),
)


def findingsIn(files, ratchets=None):
    """Findings of a tree; a file of C++ is short only where that is the matter."""
    ratchets = ratchets or {}
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            if text.startswith("#!"):
                os.chmod(file, 0o755)
        return check_style.check(folder, ratchets)


class CheckStyleTest(unittest.TestCase):
    def testCleanTreeHasNoFindings(self):
        self.assertEqual(findingsIn(CLEAN), [])

    def testEachCanaryIsReportedByItsRuleAlone(self):
        for rule, path, text in CANARIES:
            with self.subTest(rule=rule, path=path, text=text[:60]):
                if path.endswith((".h", ".cpp")) and rule != "short_file":
                    text += PADDING
                found = {(name, where) for name, where, _, _ in findingsIn({**CLEAN, path: text})}
                self.assertEqual(found, {(rule, path)})

    def testEveryBannedCallHasACanary(self):
        covered = {rule for rule, _, _ in CANARIES}
        self.assertEqual({row.name for row in rules.BANNED} - covered, set())

    def testTablesAndLinksInDocsMayBeLong(self):
        for text in ("| " + "word " * 40 + "|\n", "word " * 30 + "[page](docs/page.md)\n"):
            self.assertEqual(findingsIn({**CLEAN, "docs/a.md": text}), [])

    def testHeadersOfConstantsMayBeShort(self):
        text = "#pragma once\nenum class Kind { kOne, kTwo };\nconstexpr int kMax = (1 << 3);\n"
        self.assertEqual(findingsIn({**CLEAN, "storage/a.h": text}), [])

    def testTheCompositionMayNameTheServer(self):
        text = "void f(Server& server);\n" + PADDING
        self.assertEqual(findingsIn({**CLEAN, "server/shutdown.cpp": text}), [])

    def testARatchetToleratesWhatIsLeftAndNoMore(self):
        canary = {"server/net/a.cpp": "void f(Server&);\n" + PADDING}
        self.assertEqual(findingsIn({**CLEAN, **canary}, {"server_reference": 1}), [])
        canary["server/net/b.cpp"] = "void g(Server&);\nvoid h(Server&);\n" + PADDING
        found = findingsIn({**CLEAN, **canary}, {"server_reference": 1})
        self.assertEqual([rule for rule, *_ in found], ["server_reference"] * 3)

    def testARatchetThatCouldBeLowerIsReported(self):
        found = findingsIn(CLEAN, {"server_reference": 1})
        self.assertEqual(found, [("ratchet", check_style.RULES_PATH, 1, "server_reference: 0 are left: lower 1")])

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

    def testFieldsOfAClassAreCounted(self):
        text = """class A : public B {
 public:
  A(int a, int b);
  bool operator==(const A&) const = default;
  std::map<std::string, std::vector<int>> map() const { return map_; }
  static constexpr int kMax = 3;
  using Pair = std::pair<int, int>;
  friend class C;
  [[nodiscard]] int value() const noexcept;
  enum class Kind { kOne, kTwo };
  struct Inner {
    int one{1};
    int two, three;
    unsigned bits : 4;
  };

  std::function<void(int)> on_ready = [] { return; };
  int (*compare)(int, int) = nullptr;

 private:
  asio::io_context io_{HINT};
  const Table<int, 3>& table_;
  std::map<std::string, std::vector<int>> map_;
  alignas(64) std::atomic<bool> held_ = false;
  char text_[3] = {1, 2, 3};
};
"""
        self.assertEqual(cpp_text.classes(text), [(11, "Inner", 4), (1, "A", 7)])

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


class AimTest(unittest.TestCase):
    """No rule may aim at what is not there: a folder that was renamed would take its rules with it."""

    PATHS = list(check_style.textFiles(ROOT))

    def testThePathsOfEachRuleExist(self):
        for row in rules.BANNED:
            for pattern in row.only:
                self.assertTrue(any(pattern.match(path) for path in self.PATHS), (row.name, pattern))
            for pattern in row.allowed:
                self.assertTrue(any(pattern.fullmatch(path) for path in self.PATHS), (row.name, pattern))

    def testEachRoomHoldsSources(self):
        for room in (*rules.MAY_INCLUDE, *rules.SOURCE_FOLDERS):
            self.assertTrue(any(path.startswith(room + "/") for path in self.PATHS), room)
        self.assertEqual({room.split("/")[0] for room in rules.MAY_INCLUDE}, set(rules.SOURCE_FOLDERS))

    def testEachFolderThatNeedsAReadmeIsThere(self):
        for folder in rules.FOLDERS_WITH_README:
            self.assertTrue((ROOT / folder).is_dir(), folder)

    def testEachKindOfFileIsThere(self):
        for suffix in rules.TEXT_SUFFIXES:
            self.assertTrue(any(path.endswith(suffix) for path in self.PATHS), suffix)
        for name in rules.TEXT_NAMES:
            self.assertTrue(any(pathlib.PurePath(path).name == name for path in self.PATHS), name)

    def testEachExceptionIsNeeded(self):
        for path, name in rules.FIELDS_ARE_ROWS:
            found = {one: fields for _, one, fields in cpp_text.classes((ROOT / path).read_text(encoding="ascii"))}
            self.assertGreater(found.get(name, 0), rules.CLASS_FIELDS_MAX, name)

    def testTheOtherToolsLookAtTheSameFolders(self):
        folders = rules.SOURCE_FOLDERS
        self.assertIn(f"({'|'.join(folders)})/", (ROOT / ".clang-tidy").read_text(encoding="ascii"))
        self.assertIn("find " + " ".join(folders), (ROOT / "Makefile").read_text(encoding="ascii"))


if __name__ == "__main__":
    sys.argv = [argument if argument != "--quiet" else "-q" for argument in sys.argv]
    unittest.main()

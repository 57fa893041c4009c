#!/usr/bin/python3
"""Sources that cannot be read as one must be kept apart: what cmake/unity_groups.py takes for a name."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "cmake/unity_groups.py"
NAMES = "namespace n {\nnamespace {\nconstexpr size_t kOnce = 4;\nclass Once { int kTwice; };\n%s}\nint kTwice();\n}\n"


class UnityGroupsTest(unittest.TestCase):
    def groups(self, *declarations):
        """The groups of sources each of which has such a declaration; None for one that is read alone."""
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder) / f"{number}.cpp" for number in range(len(declarations))]
            for path, declaration in zip(paths, declarations):
                text = NAMES.replace("Once", f"Once{path.stem}") % declaration
                path.write_text(text, encoding="ascii")
            printed = subprocess.run([SCRIPT, *paths], stdout=subprocess.PIPE, text=True, check=True).stdout
            words = printed.split(";")
            found = dict(zip(words[::2], words[1::2]))
            return [int(found[str(path)]) if str(path) in found else None for path in paths]

    def testSourcesWithoutACommonNameAreReadAsOne(self):
        self.assertEqual(self.groups("", "", "int once2(int kOnce0) { return kOnce0; }\n"), [0, 0, 0])

    def testEachKindOfNameIsSeen(self):
        for declaration in ("constexpr int kTwice = f(1);\n", "const char* const kTwice[] = {\"a\", \"b\"};\n",
                            "struct Twice {\n  int a;\n};\n", "enum class Twice { kA };\n", "using Twice = int;\n",
                            "std::map<int, int> twice(const A& a, int b) {\n  if (b) { g(); }\n  return {};\n}\n",
                            "template <class T>\nbool twice(T t) {\n  return t;\n}\n", "Twice twice;\n"):
            with self.subTest(declaration=declaration):
                self.assertEqual(self.groups(declaration, "", declaration, ""), [0, 0, 1, 0])

    def testANameOfATypeInAHeaderIsSeen(self):
        self.assertEqual(self.groups("struct Claim {};\n", ""), [None, 0])

    def testAGroupHasABound(self):
        self.assertEqual(self.groups(*[""] * 15), [0] * 12 + [1] * 3)


if __name__ == "__main__":
    sys.argv = [argument if argument != "--quiet" else "-q" for argument in sys.argv]
    unittest.main()

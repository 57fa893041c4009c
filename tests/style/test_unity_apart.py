#!/usr/bin/python3
"""Sources that cannot be read as one must be found: what cmake/unity_apart.py takes for a name in an unnamed namespace."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "cmake/unity_apart.py"
NAMES = "namespace n {\nnamespace {\nconstexpr size_t kOnce = 4;\nclass Once { int kTwice; };\n%s}\nint kTwice();\n}\n"


class UnityApartTest(unittest.TestCase):
    def apart(self, *declarations):
        """The numbers of the sources, each with such a declaration, that are left apart."""
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder) / f"{number}.cpp" for number in range(len(declarations))]
            for path, declaration in zip(paths, declarations):
                text = NAMES.replace("Once", f"Once{path.stem}") % declaration
                path.write_text(text, encoding="ascii")
            printed = subprocess.run([SCRIPT, *paths], stdout=subprocess.PIPE, text=True, check=True).stdout
            return [int(pathlib.Path(path).stem) for path in printed.split(";") if path]

    def testSourcesWithoutACommonNameAreReadAsOne(self):
        self.assertEqual(self.apart("", "", "int once2(int kOnce0) { return kOnce0; }\n"), [])

    def testEachKindOfNameIsSeen(self):
        for declaration in ("constexpr int kTwice = f(1);\n", "const char* const kTwice[] = {\"a\", \"b\"};\n",
                            "struct Twice {\n  int a;\n};\n", "enum class Twice { kA };\n", "using Twice = int;\n",
                            "std::map<int, int> twice(const A& a, int b) {\n  if (b) { g(); }\n  return {};\n}\n",
                            "template <class T>\nbool twice(T t) {\n  return t;\n}\n", "Twice twice;\n"):
            with self.subTest(declaration=declaration):
                self.assertEqual(self.apart(declaration, "", declaration), [2])

    def testANameOfATypeInAHeaderIsSeen(self):
        self.assertEqual(self.apart("struct Claim {};\n", ""), [0])


if __name__ == "__main__":
    sys.argv = [argument if argument != "--quiet" else "-q" for argument in sys.argv]
    unittest.main()

// Feeds the configuration parser arbitrary text. What it accepts must survive being written and
// read again.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/rewriter.h"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

// Files that exist on the machine would make a run depend on it, and "/dev/stdin" would wait for
// input.
bool readsFiles(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  // Escapes can spell the word, so a quoted directive name is left out as well.
  return text.find("include") != std::string::npos || text.find("\\x") != std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (readsFiles(text)) return 0;
  inkstone::Config config;
  const auto untouched = config.get({"*"});
  const inkstone::ConfigLoadResult loaded = config.loadString(text);
  if (!loaded.ok()) {
    require(config.get({"*"}) == untouched, "a refused text changed values");
    return 0;
  }
  const std::string written = inkstone::rewriteText(text, config.values());
  inkstone::Config again;
  require(again.loadString(written).ok(), "a rewritten text was refused");
  require(again.get({"*"}) == config.get({"*"}), "a rewritten text gave other values");
  require(inkstone::rewriteText(written, again.values()) == written,
          "a second rewrite changed the text");
  return 0;
}

#include "base/invariant.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <iterator>

namespace inkstone {
namespace {

void reportOnStderr(std::string_view text) {
  const std::string line = fmt::format("{}\n", text);
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

// The process has one way to end, whichever part of it finds that it must.
InvariantReporter invariant_reporter = reportOnStderr;

}  // namespace

void setInvariantReporter(InvariantReporter reporter) {
  invariant_reporter = reporter;
}

void invariantFailed(const Claim& claim, const SeenValue* seen, size_t count) {
  std::string text = fmt::format("An invariant does not hold: {}", claim.text());
  const char* divider = "; seen: ";
  for (size_t i = 0; i < count; ++i, divider = ", ") {
    text += divider;
    if (seen[i].is_signed) {
      fmt::format_to(std::back_inserter(text), "{}", static_cast<int64_t>(seen[i].bits));
    } else {
      fmt::format_to(std::back_inserter(text), "{}", seen[i].bits);
    }
  }
  const SourcePlace& where = claim.where();
  fmt::format_to(std::back_inserter(text), " ({}:{}, {})", where.file, where.line, where.function);
  invariant_reporter(text);
  std::abort();
}

}  // namespace inkstone

#include "server/commands/argument_reader.h"

#include <limits>

#include "base/ascii.h"
#include "base/numbers.h"
#include "server/command_table/errors.h"

namespace inkstone {

std::string_view ArgumentReader::next() {
  if (atEnd()) {
    failSyntax();
    return {};
  }
  return context_.args[next_++];
}

int64_t ArgumentReader::nextInteger() {
  const std::string_view text = next();
  int64_t value = 0;
  if (failed() || parseInt64(text, value)) return value;
  fail(errors::kNotInteger);
  return 0;
}

int ArgumentReader::nextInt() {
  const int64_t value = nextInteger();
  if (value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max()) {
    return static_cast<int>(value);
  }
  fail(errors::kNotInt);
  return 0;
}

bool ArgumentReader::matchesKeyword(std::string_view keyword, size_t following) {
  if (remaining() <= following || !equalsIgnoreCase(peek(), keyword)) return false;
  ++next_;
  return true;
}

void ArgumentReader::fail(std::string_view text) {
  if (!failed()) error_ = text;
}

void ArgumentReader::failSyntax() {
  fail(errors::kSyntax);
}

bool ArgumentReader::finish() {
  if (failed()) context_.error(error_);
  return !failed();
}

}  // namespace inkstone

#include "server/commands/argument_reader.h"

#include <fmt/format.h>

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

uint64_t ArgumentReader::nextNotNegative(std::string_view error_text) {
  int64_t value = 0;
  if (parseInt64(next(), value) && value >= 0) return static_cast<uint64_t>(value);
  fail(error_text);
  return 0;
}

uint64_t ArgumentReader::nextPositive(std::string_view error_text) {
  const uint64_t value = nextNotNegative(error_text);
  if (value == 0) fail(error_text);
  return value;
}

CommandContext::Args ArgumentReader::nextCountedKeys(const NumkeysErrors& errors) {
  const std::string_view text = next();
  int64_t count = 0;
  if (!failed() && !parseInt64(text, count)) fail(errors.not_integer);
  if (!failed() && count < 1) {
    fail(fmt::format(fmt::runtime(errors.not_positive), context_.command.fullName()));
  }
  if (!failed() && static_cast<uint64_t>(count) > remaining()) fail(errors.too_many);
  if (failed()) return {};
  const auto keys = context_.args.subspan(next_, static_cast<size_t>(count));
  next_ += keys.size();
  return keys;
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

bool parseRandomRequest(CommandContext& ctx, std::string_view keyword, RandomRequest& request) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  ArgumentReader reader(ctx, 2);
  const int64_t count = reader.nextInteger();
  // The lowest integer has no opposite.
  if (count < -kMax) reader.fail(errors::kNotSymmetricLong);
  if (!reader.atEnd()) {
    request.with_values = reader.matchesKeyword(keyword);
    if (!request.with_values || !reader.atEnd()) reader.failSyntax();
    // RESP2 has two texts for each element then.
    if (count < -(kMax / 2) || count > kMax / 2) reader.fail(errors::kOutOfRange);
  }
  request.with_repeats = count < 0;
  request.count =
      request.with_repeats ? 0 - static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
  return reader.finish();
}

}  // namespace inkstone

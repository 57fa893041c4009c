// Reads the options of a command one after another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/execution/command_context.h"

namespace inkstone {

// Latches the first error: from then on it is at its end and every read gives an empty value, so
// that a parser needs to ask only once, at its end. Allocates nothing unless there is an error.
//
//   ArgumentReader reader(ctx, 3);
//   while (!reader.atEnd()) {
//     if (reader.matchesKeyword("NX")) { ... }
//     else if (reader.matchesKeyword("EX", 1)) { seconds = reader.nextInteger(); }
//     else { reader.failSyntax(); }
//   }
//   if (!reader.finish()) return;
class ArgumentReader {
 public:
  // Starts at argument `first`.
  ArgumentReader(CommandContext& context, size_t first) : context_(context), next_(first) {}

  // Everything is read, or an error has been met.
  bool atEnd() const { return failed() || next_ >= context_.args.size(); }
  size_t remaining() const { return atEnd() ? 0 : context_.args.size() - next_; }

  // The next argument as it is, without moving on. There must be one.
  std::string_view peek() const { return context_.args[next_]; }
  // A syntax error at the end.
  std::string_view next();
  // Strict decimal, else "value is not an integer or out of range".
  int64_t nextInteger();
  // As the above, within the range of an int: what is beyond gives the error text for that.
  int nextInt();

  // Consumes the next argument if it is this word in any case, and at least `following` arguments
  // come behind it.
  bool matchesKeyword(std::string_view keyword, size_t following = 0);

  // `text` with its code. Only the first failure counts.
  void fail(std::string_view text);
  void failSyntax();
  bool failed() const { return !error_.empty(); }

  // Replies the error if there was one and returns whether there was none.
  [[nodiscard]] bool finish();

 private:
  CommandContext& context_;
  size_t next_;
  std::string error_;
};

}  // namespace inkstone

// Reads the options of a command one after another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/execution/command_context.h"

namespace inkstone {

// The errors for a number of keys that stands before the keys; '{}' in `not_positive` becomes the
// command's name.
struct NumkeysErrors {
  std::string_view not_integer;
  std::string_view not_positive;
  std::string_view too_many;
};

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
  // The next argument; at the end it is a syntax error.
  std::string_view next();
  // It must be strict decimal, else "value is not an integer or out of range".
  int64_t nextInteger();
  // The same within the range of an int; a number beyond it has an error of its own.
  int nextInt();
  // An integer from 1 on, or from 0 on; `error_text` says whatever else is wrong with it.
  uint64_t nextPositive(std::string_view error_text);
  uint64_t nextNotNegative(std::string_view error_text);
  // Reads numkeys and that many keys; returns none after an error.
  CommandContext::Args nextCountedKeys(const NumkeysErrors& errors);

  // Consumes the next argument if it is this word in any case, and at least `following` arguments
  // come behind it.
  bool matchesKeyword(std::string_view keyword, size_t following = 0);

  // `text` has the error code in front. Only the first failure counts.
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

// HRANDFIELD and ZRANDMEMBER ask for this when they have a count.
struct RandomRequest {
  // Without repeats the elements are all different, and may be fewer than this.
  uint64_t count = 0;
  bool with_repeats = false;
  bool with_values = false;
};

// Reads "count [`keyword`]" behind the key; the keyword asks for values or scores as well. Replies
// the error and returns false if something else stands there.
[[nodiscard]] bool parseRandomRequest(CommandContext& ctx, std::string_view keyword,
                                      RandomRequest& request);

}  // namespace inkstone

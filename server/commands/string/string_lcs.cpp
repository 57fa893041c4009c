// LCS: the longest common subsequence of two strings.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/families.h"
#include "server/commands/string/string_common.h"
#include "server/process/runtime.h"
#include "storage/string_value.h"

namespace inkstone {
namespace {

struct LcsOptions {
  bool length_only = false;        // LEN
  bool with_indexes = false;       // IDX
  bool with_match_length = false;  // WITHMATCHLEN
  int64_t match_length_min = 0;    // MINMATCHLEN
};

// A run of bytes that both strings have; ends are inclusive.
struct LcsMatch {
  size_t first_begin;
  size_t first_end;
  size_t second_begin;
  size_t second_end;

  size_t length() const { return first_end - first_begin + 1; }
};

// Lengths of the common subsequences of all pairs of prefixes, by dynamic programming (Wagner,
// Fischer 1974).
class LcsTable {
 public:
  LcsTable(std::string_view first, std::string_view second)
      : first_(first), second_(second), width_(second.size() + 1) {}

  static uint64_t bytesFor(size_t first, size_t second) {
    return (uint64_t{first} + 1) * (uint64_t{second} + 1) * sizeof(uint32_t);
  }

  // False when there is no memory for it.
  [[nodiscard]] bool fill() {
    const size_t cells = (first_.size() + 1) * width_;
    cells_.reset(new (std::nothrow) uint32_t[cells]);
    if (cells_ == nullptr) return false;
    std::fill_n(cells_.get(), width_, 0U);
    for (size_t i = 1; i <= first_.size(); ++i) fillRow(i);
    return true;
  }

  uint32_t length() const { return at(first_.size(), second_.size()); }

  // One longest subsequence, and its runs from the last to the first. Of several, the one Redis
  // gives.
  std::string trace(std::vector<LcsMatch>& runs) const;

 private:
  uint32_t at(size_t i, size_t j) const { return cells_[i * width_ + j]; }

  void fillRow(size_t i) {
    const uint32_t* above = &cells_[(i - 1) * width_];
    uint32_t* row = &cells_[i * width_];
    row[0] = 0;
    const char byte = first_[i - 1];
    for (size_t j = 1; j < width_; ++j) {
      row[j] = byte == second_[j - 1] ? above[j - 1] + 1 : std::max(above[j], row[j - 1]);
    }
  }

  std::string_view first_;
  std::string_view second_;
  size_t width_;
  std::unique_ptr<uint32_t[]> cells_;
};

std::string LcsTable::trace(std::vector<LcsMatch>& runs) const {
  std::string found(length(), '\0');
  size_t free = found.size();
  size_t i = first_.size();
  size_t j = second_.size();
  bool run_open = false;
  while (i > 0 && j > 0) {
    if (first_[i - 1] != second_[j - 1]) {
      run_open = false;
      if (at(i - 1, j) > at(i, j - 1)) {
        --i;
      } else {
        --j;
      }
      continue;
    }
    --i;
    --j;
    found[--free] = first_[i];
    if (run_open) {
      runs.back().first_begin = i;
      runs.back().second_begin = j;
    } else {
      runs.push_back({i, i, j, j});
      run_open = true;
    }
  }
  return found;
}

bool parseLcsOptions(CommandContext& ctx, LcsOptions& options) {
  ArgumentReader reader(ctx, 3);
  while (!reader.atEnd()) {
    if (reader.matchesKeyword("IDX")) {
      options.with_indexes = true;
    } else if (reader.matchesKeyword("LEN")) {
      options.length_only = true;
    } else if (reader.matchesKeyword("WITHMATCHLEN")) {
      options.with_match_length = true;
    } else if (reader.matchesKeyword("MINMATCHLEN", 1)) {
      options.match_length_min = reader.nextInteger();
    } else {
      reader.failSyntax();
    }
  }
  if (options.with_indexes && options.length_only) reader.fail(errors::kLcsBothForms);
  return reader.finish();
}

// Replies the error when the strings are too long for a table.
bool expectTableSize(CommandContext& ctx, std::string_view first, std::string_view second) {
  constexpr size_t kLengthMax = UINT32_MAX - 1;
  if (first.size() >= kLengthMax || second.size() >= kLengthMax) {
    ctx.error(errors::kLcsTooLong);
  } else if (LcsTable::bytesFor(first.size(), second.size()) >
             ctx.runtime().settings.proto_max_bulk_len) {
    ctx.error(errors::kLcsOverLimit);
  } else {
    return true;
  }
  return false;
}

void replyRange(ReplyBuilder& reply, size_t begin, size_t end) {
  reply.array(2);
  reply.integer(static_cast<int64_t>(begin));
  reply.integer(static_cast<int64_t>(end));
}

void replyMatches(CommandContext& ctx, std::vector<LcsMatch>& runs, uint32_t length,
                  const LcsOptions& options) {
  std::erase_if(runs, [&](const LcsMatch& run) {
    return static_cast<int64_t>(run.length()) < options.match_length_min;
  });
  ReplyBuilder& reply = ctx.reply;
  reply.map(2);
  reply.bulk("matches");
  reply.array(runs.size());
  for (const LcsMatch& run : runs) {
    reply.array(options.with_match_length ? 3 : 2);
    replyRange(reply, run.first_begin, run.first_end);
    replyRange(reply, run.second_begin, run.second_end);
    if (options.with_match_length) reply.integer(static_cast<int64_t>(run.length()));
  }
  reply.bulk("len");
  reply.integer(length);
}

// A key's bytes; a key that does not exist is an empty string. The entry must stay.
class LcsInput {
 public:
  explicit LcsInput(const Entry* entry) {
    if (entry != nullptr) string_.emplace(*entry);
  }
  std::string_view view() const { return string_ ? string_->view() : std::string_view(); }

 private:
  std::optional<StringView> string_;
};

void lcsCommand(CommandContext& ctx) {
  // Entries stay where they are when the second lookup deletes an expired key; slots need not.
  const Entry* entries[2];
  for (size_t i = 0; i < 2; ++i) {
    const KeyRef key = ctx.lookupRead(ctx.args[i + 1]);
    entries[i] = key ? key.entry() : nullptr;
  }
  for (const Entry* entry : entries) {
    if (entry != nullptr && entry->type() != ValueType::kString) {
      return ctx.error(errors::kLcsNotStrings);
    }
  }
  LcsOptions options;
  if (!parseLcsOptions(ctx, options)) return;
  const LcsInput first(entries[0]);
  const LcsInput second(entries[1]);
  if (!expectTableSize(ctx, first.view(), second.view())) return;
  LcsTable table(first.view(), second.view());
  if (!table.fill()) return ctx.error(errors::kLcsNoMemory);
  if (options.length_only) return ctx.reply.integer(table.length());
  std::vector<LcsMatch> runs;
  const std::string common = table.trace(runs);
  if (!options.with_indexes) return ctx.reply.bulk(common);
  replyMatches(ctx, runs, table.length(), options);
}

constexpr CommandRow kRows[] = {
    {.name = "lcs",
     .syntax = "key:key1@0 key:key2@0 token:len=LEN? token:idx=IDX? "
               "integer:min-match-len%len=MINMATCHLEN? token:withmatchlen=WITHMATCHLEN?",
     .arity = -3,
     .flags = kCmdReadonly,
     .categories = kAclString,
     .handler = lcsCommand,
     .keys = {{.flags = kKeyReadOnly | kKeyAccess, .last = 1}},
     .since = "7.0.0",
     .group = "string",
     .complexity = "O(N*M), N and M being the lengths of the two strings",
     .summary = "Finds the longest common subsequence of two strings."},
};

}  // namespace

CommandRows stringLcsRows() {
  return kRows;
}

}  // namespace inkstone

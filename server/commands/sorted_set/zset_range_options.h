// Intervals of sorted sets as arguments: by rank, by score ("(1.5", "+inf"), by lexicographic order
// ("[a", "(b", "-", "+").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/execution/command_context.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {

// Ranks as a client gives them: both ends belong to the interval, negative ones count from behind.
struct RankBounds {
  int64_t start;
  int64_t stop;

  // The part of the interval that a sorted set of `size` members has.
  RankRange within(size_t size) const;
};

// Each replies the error and returns false when an end is no such thing.
[[nodiscard]] bool parseRankBounds(CommandContext& ctx, std::string_view start,
                                   std::string_view stop, RankBounds& bounds);
[[nodiscard]] bool parseScoreRange(CommandContext& ctx, std::string_view min, std::string_view max,
                                   ScoreRange& range);
// The range has views into the arguments.
[[nodiscard]] bool parseLexRange(CommandContext& ctx, std::string_view min, std::string_view max,
                                 LexRange& range);

enum class RangeBy : uint8_t { kRank, kScore, kLex };

// This much the command's name says; the options say the rest.
struct RangeForm {
  // Where the source key stands; the two ends follow it.
  size_t key_index = 1;
  bool can_have_scores = true;
  std::optional<RangeBy> by = {};
  std::optional<bool> reverse = {};
};

// Everything a range command asks for.
struct RangeRequest {
  RangeBy by = RangeBy::kRank;
  bool reverse = false;
  bool with_scores = false;
  int64_t offset = 0;
  int64_t limit = -1;  // negative: no limit
  // Only the one that `by` names is set.
  RankBounds ranks = {0, -1};
  ScoreRange scores = {0, 0};
  LexRange texts = {};

  // The ranks that it comes to in this sorted set. O(log n).
  RankRange within(const SortedSetValue& set) const;
};

// Replies the error and returns false on what is unknown, out of place, or no interval.
[[nodiscard]] bool parseRangeRequest(CommandContext& ctx, const RangeForm& form,
                                     RangeRequest& request);

}  // namespace inkstone

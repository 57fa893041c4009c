#include "server/commands/sorted_set/zset_range_options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>

#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"

namespace inkstone {
namespace {

// Unlike a score, the end of an interval may be empty (0), have blanks in front, and be too large
// or too small for a double.
bool parseEnd(std::string_view text, double& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end) return !std::isnan(value);
  const std::string copy(text);
  char* rest = nullptr;
  value = std::strtod(copy.c_str(), &rest);
  return *rest == '\0' && !std::isnan(value);
}

bool parseScoreEnd(std::string_view text, double& value, bool& exclusive) {
  exclusive = !text.empty() && text[0] == '(';
  if (exclusive) text.remove_prefix(1);
  return parseEnd(text, value);
}

bool parseLexEnd(std::string_view text, LexBound& bound) {
  if (text == "-" || text == "+") {
    bound = {text == "-" ? LexBound::Kind::kMinusInfinity : LexBound::Kind::kPlusInfinity, {}};
    return true;
  }
  if (text.empty() || (text[0] != '[' && text[0] != '(')) return false;
  bound = {LexBound::Kind::kText, text.substr(1), text[0] == '('};
  return true;
}

bool parseOptions(CommandContext& ctx, const RangeForm& form, RangeRequest& request) {
  std::optional<RangeBy> by = form.by;
  std::optional<bool> reverse = form.reverse;
  ArgumentReader reader(ctx, form.key_index + 3);
  while (!reader.atEnd()) {
    if (form.can_have_scores && reader.matchesKeyword("WITHSCORES")) {
      request.with_scores = true;
    } else if (reader.matchesKeyword("LIMIT", 2)) {
      request.offset = reader.nextInteger();
      request.limit = reader.nextInteger();
    } else if (!reverse && reader.matchesKeyword("REV")) {
      reverse = true;
    } else if (!by && reader.matchesKeyword("BYLEX")) {
      by = RangeBy::kLex;
    } else if (!by && reader.matchesKeyword("BYSCORE")) {
      by = RangeBy::kScore;
    } else {
      reader.failSyntax();
    }
  }
  request.by = by.value_or(RangeBy::kRank);
  request.reverse = reverse.value_or(false);
  if (request.limit != -1 && request.by == RangeBy::kRank) reader.fail(errors::kLimitNeedsBy);
  if (request.with_scores && request.by == RangeBy::kLex) reader.fail(errors::kLexWithScores);
  return reader.finish();
}

// The ranks that LIMIT leaves, counted from the end where the reply begins.
RankRange limited(RankRange ranks, const RangeRequest& request) {
  const auto found = static_cast<int64_t>(ranks.size());
  if (request.offset < 0 || request.offset >= found) return {0, 0};
  const int64_t left = found - request.offset;
  const auto offset = static_cast<size_t>(request.offset);
  const auto count = static_cast<size_t>(request.limit < 0 ? left : std::min(request.limit, left));
  if (request.reverse) return {ranks.last - offset - count, ranks.last - offset};
  return {ranks.first + offset, ranks.first + offset + count};
}

}  // namespace

RankRange RankBounds::within(size_t size) const {
  const auto count = static_cast<int64_t>(size);
  const int64_t first = std::max<int64_t>(start < 0 ? start + count : start, 0);
  const int64_t last = std::min(stop < 0 ? stop + count : stop, count - 1);
  if (first > last) return {0, 0};
  return {static_cast<size_t>(first), static_cast<size_t>(last) + 1};
}

bool parseRankBounds(CommandContext& ctx, std::string_view start, std::string_view stop,
                     RankBounds& bounds) {
  return ctx.parseInteger(start, bounds.start) && ctx.parseInteger(stop, bounds.stop);
}

bool parseScoreRange(CommandContext& ctx, std::string_view min, std::string_view max,
                     ScoreRange& range) {
  if (parseScoreEnd(min, range.min, range.min_exclusive) &&
      parseScoreEnd(max, range.max, range.max_exclusive)) {
    return true;
  }
  ctx.error(errors::kNotScoreRange);
  return false;
}

bool parseLexRange(CommandContext& ctx, std::string_view min, std::string_view max,
                   LexRange& range) {
  if (parseLexEnd(min, range.min) && parseLexEnd(max, range.max)) return true;
  ctx.error(errors::kNotLexRange);
  return false;
}

RankRange RangeRequest::within(const SortedSetValue& set) const {
  if (by == RangeBy::kRank) {
    const size_t size = set.size();
    const RankRange range = ranks.within(size);
    if (!reverse || range.size() == 0) return range;
    return {size - range.last, size - range.first};
  }
  return limited(by == RangeBy::kScore ? set.ranksWithin(scores) : set.ranksWithin(texts), *this);
}

bool parseRangeRequest(CommandContext& ctx, const RangeForm& form, RangeRequest& request) {
  if (!parseOptions(ctx, form, request)) return false;
  std::string_view low = ctx.args[form.key_index + 1];
  std::string_view high = ctx.args[form.key_index + 2];
  if (request.by == RangeBy::kRank) return parseRankBounds(ctx, low, high, request.ranks);
  // Who asks for descending order names the upper end first.
  if (request.reverse) std::swap(low, high);
  if (request.by == RangeBy::kScore) return parseScoreRange(ctx, low, high, request.scores);
  return parseLexRange(ctx, low, high, request.texts);
}

}  // namespace inkstone

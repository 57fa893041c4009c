#include "storage/types/sorted_set_listpack.h"

#include <charconv>

namespace inkstone {
namespace {

// The text of a score as it is kept: that of whole ones becomes an integer in the listpack.
std::string_view keptText(double score, ScoreText& room) {
  int64_t whole;
  if (!wholeScore(score, whole)) return scoreText(score, room);
  char* const end = std::to_chars(room.data(), room.data() + room.size(), whole).ptr;
  return {room.data(), static_cast<size_t>(end - room.data())};
}

}  // namespace

size_t SortedSetListpack::rankOf(Cursor at) const {
  size_t rank = 0;
  while ((at = previous(at)) != nullptr) ++rank;
  return rank;
}

// Ranks of the entries that follow those in front and are inside.
template <class InFront, class Inside>
RankRange SortedSetListpack::ranksWhere(InFront inFront, Inside inside) const {
  size_t rank = 0;
  Cursor at = first();
  for (; at != nullptr && inFront(at); at = next(at)) ++rank;
  RankRange range{rank, rank};
  for (; at != nullptr && inside(at); at = next(at)) ++range.last;
  return range;
}

RankRange SortedSetListpack::ranksWithin(const ScoreRange& range) const {
  return ranksWhere([&](Cursor at) { return !range.aboveMin(score(at)); },
                    [&](Cursor at) { return range.belowMax(score(at)); });
}

RankRange SortedSetListpack::ranksWithin(const LexRange& range) const {
  ElementText room;
  return ranksWhere([&](Cursor at) { return !range.aboveMin(member(at).text(room)); },
                    [&](Cursor at) { return range.belowMax(member(at).text(room)); });
}

void SortedSetListpack::insert(std::string_view member, double score) {
  Cursor at = first();
  for (; at != nullptr; at = next(at)) {
    const double other = this->score(at);
    if (other > score) break;
    ElementText room;
    if (other == score && this->member(at).text(room) > member) break;
  }
  if (at == nullptr) return append(member, score);
  ScoreText room;
  pairs_.insertAfter(pairs_.insertBefore(at, member), keptText(score, room));
}

void SortedSetListpack::append(std::string_view member, double score) {
  ScoreText room;
  pairs_.append(member);
  pairs_.append(keptText(score, room));
}

}  // namespace inkstone

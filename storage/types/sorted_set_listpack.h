// Small sorted sets: member and score by turns in a listpack, in order. Whole scores up to 2^62 in
// magnitude are integers there, others their text (score_text.h); so the bytes are those of Redis
// 7.2.
#pragma once

#include <cstddef>
#include <string_view>

#include "storage/types/listpack.h"
#include "storage/types/score_text.h"
#include "storage/types/sorted_set_range.h"

namespace inkstone {

// A view of the listpack, which belongs to whoever has it; after a change bytes() may be another
// block. A cursor is that of a member. Everything but stepping is linear.
class SortedSetListpack {
 public:
  using Cursor = Listpack::Cursor;

  explicit SortedSetListpack(void* bytes) : pairs_(bytes) {}

  uint8_t* bytes() const { return pairs_.bytes(); }
  size_t size() const { return pairs_.size() / 2; }

  Cursor first() const { return pairs_.first(); }
  Cursor at(size_t rank) const { return pairs_.at(static_cast<int64_t>(2 * rank)); }
  // The entry behind this one, null at the end; and the one before it, null at the front.
  Cursor next(Cursor at) const { return pairs_.next(pairs_.next(at)); }
  Cursor previous(Cursor at) const {
    const Cursor score = pairs_.previous(at);
    return score == nullptr ? nullptr : pairs_.previous(score);
  }
  static Element member(Cursor at) { return Listpack::get(at); }
  double score(Cursor at) const {
    const Element score = Listpack::get(pairs_.next(at));
    return score.isInteger() ? static_cast<double>(score.integer()) : scoreFromText(score.bytes());
  }

  // Gives null if it is no member.
  Cursor find(std::string_view member) const { return pairs_.find(pairs_.first(), member, 1); }
  // Rank of the entry at the cursor.
  size_t rankOf(Cursor at) const;
  RankRange ranksWithin(const ScoreRange& range) const;
  RankRange ranksWithin(const LexRange& range) const;

  // Tells whether it may get a member of that length.
  bool canAdd(size_t member_length) const {
    return pairs_.canAdd(member_length + ScoreText().size());
  }
  // Adds what is not a member yet, in its place; or behind all others, where it has to belong.
  void insert(std::string_view member, double score);
  void append(std::string_view member, double score);
  void erase(Cursor at, size_t entries) { pairs_.erase(at, 2 * entries); }

 private:
  template <class InFront, class Inside>
  RankRange ranksWhere(InFront inFront, Inside inside) const;

  Listpack pairs_;
};

}  // namespace inkstone

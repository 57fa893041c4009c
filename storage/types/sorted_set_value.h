// Sorted sets: member and score by turns, in order, in a listpack (kListpack), or a B+ tree that
// counts, with a hash table of the members (kTree, sorted_set_tree.h), chosen by the zset-max-*
// rules.
//
// The order is by score, then by the members' bytes. Scores are never nan.
#pragma once

#include <cstdint>
#include <string_view>

#include "storage/types/element.h"
#include "storage/types/sorted_set_listpack.h"
#include "storage/types/sorted_set_range.h"
#include "storage/types/sorted_set_tree.h"
#include "storage/types/value_handle.h"

namespace inkstone {

// Elements are views until the next change. Text given to a change must not point into the set. n:
// members, m: members visited; a listpack costs n where a tree costs log n.
class SortedSetValue : public ValueHandle {
 public:
  using Change = SortedSetTree::Change;

  // An empty sorted set without a key, for about `size_hint` members, none longer than `longest`.
  static Value create(const EncodingRules& rules, size_t size_hint, size_t longest);

  SortedSetValue(Entry& entry, const EncodingRules& rules) : ValueHandle(entry, rules) {}
  SortedSetValue(const Value& value, const EncodingRules& rules) : ValueHandle(value, rules) {}

  size_t size() const;
  // Gives false if it is no member.
  bool score(std::string_view member, double& score) const;
  bool contains(std::string_view member) const {
    double unused;
    return score(member, unused);
  }
  // Is called before a command sets so many members: it changes the encoding at once if they could
  // not all be kept in the compact form, as Redis does.
  void expect(size_t members);
  // Adds a member or gives it another score.
  Change set(std::string_view member, double score);
  // Adds what is no member yet and comes behind all others: for results made in order.
  void append(std::string_view member, double score);
  // Gives false if it was no member.
  bool erase(std::string_view member);
  // Makes a tree that the rules would not have made again a listpack, if they allow it: for results
  // that are complete (ZUNIONSTORE and the like).
  void compact();

  // Rank from the lowest score, O(log n); false if it is no member.
  bool rank(std::string_view member, size_t& rank, double& score) const;
  // Takes O(log n). An empty interval gives an empty range.
  RankRange ranksWithin(const ScoreRange& range) const;
  // Meaningful only where all scores are the same.
  RankRange ranksWithin(const LexRange& range) const;
  // Takes O(log n + m).
  void eraseRange(RankRange range);

  // visit(Element member, double score) for the ranks of the range, descending if `reverse`. O(log
  // n + m).
  template <class Visit>
  void forRange(RankRange range, bool reverse, Visit visit) const;
  // All of them in any order, as fast as it goes. The set must not change meanwhile.
  template <class Visit>
  void forEach(Visit visit) const;
  // Does the same with visit(Element, double) -> bool, and goes on while that returns true.
  template <class Visit>
  void forEachWhile(Visit visit) const;

  // A member, each with the same probability, and its score: visit(Element, double). The set must
  // not be empty.
  template <class Random, class Visit>
  void randomMember(Random& random, Visit visit) const;
  // visit(Element, double) for `count` (at most size()) different members at random.
  template <class Random, class Visit>
  void sample(size_t count, Random& random, Visit visit) const;

  // Makes one step of ZSCAN. The cursor is that of the table; a listpack is visited whole, which
  // returns 0.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const;

 private:
  SortedSetListpack listpack() const { return SortedSetListpack(object()); }
  SortedSetTree& tree() const { return *static_cast<SortedSetTree*>(object()); }
  bool isTree() const { return encoding() == Encoding::kTree; }
  bool fitsListpack(size_t members, size_t longest) const;
  Change setInListpack(std::string_view member, double score);
  void convertToTree(size_t expected);
  void keep(const SortedSetListpack& entries) { put(Encoding::kListpack, entries.bytes()); }
};

namespace sorted_set_values {
size_t size(const Value& value);
size_t bytes(const Value& value);
size_t freeEffort(const Value& value);
Value copy(const Value& value, const EncodingRules& rules);
void destroy(const Value& value);
}  // namespace sorted_set_values

}  // namespace inkstone

#include "storage/types/sorted_set_value_impl.h"

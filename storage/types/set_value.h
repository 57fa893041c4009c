// Sets: sorted integers (kIntset), a listpack (kListpack), or a hash table (kHashTable,
// member_table.h), chosen by the set-max-* rules.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "storage/types/element.h"
#include "storage/types/intset.h"
#include "storage/types/listpack.h"
#include "storage/types/member_table.h"
#include "storage/types/value_handle.h"

namespace inkstone {

// Elements are views until the next change. Text given to insert() must not point into the set;
// erase() may be given an element of it.
class SetValue : public ValueHandle {
 public:
  // An empty set without a key, in the encoding that fits `first`, which is to be its first member,
  // and about `size_hint` members.
  static Value create(const EncodingRules& rules, std::string_view first, size_t size_hint);
  // An empty set of integers: the start of a result whose members are not known.
  static Value create();

  SetValue(Entry& entry, const EncodingRules& rules) : ValueHandle(entry, rules) {}
  SetValue(const Value& value, const EncodingRules& rules) : ValueHandle(value, rules) {}

  size_t size() const;
  // Is called before a command inserts `count` members into a set that may have some: a compact
  // form that would not do for so many is left at once, as in Redis.
  void expect(size_t count);
  bool contains(std::string_view member) const;
  bool contains(const Element& member) const;
  // Serves many look-ups one behind the other (SINTER, SDIFF): bit i tells of members[i], of which
  // there may be kLookupsMax. The memory accesses of big tables overlap, twice as fast where they
  // miss the caches.
  static constexpr size_t kLookupsMax = 32;
  uint32_t containsMany(std::span<const Element> members) const;
  // Gives false if it was a member already. The text may be that of an integer.
  bool insert(std::string_view member);
  bool insert(const Element& member);
  // Gives false if it was no member.
  bool erase(std::string_view member);
  bool erase(const Element& member);

  // visit(Element) for each member; the set must not change meanwhile.
  template <class Visit>
  void forEach(Visit visit) const;
  // Does the same with visit(Element) -> bool, and goes on while that returns true.
  template <class Visit>
  void forEachWhile(Visit visit) const;

  // A member, each with the same probability. The set must not be empty. random() gives 64 random
  // bits.
  template <class Random>
  Element randomMember(Random& random) const;
  // visit(Element) for `count` (at most size()) different members at random, each choice as likely
  // as any other. Complexity: about `count` where that is small beside size(), else size().
  template <class Random, class Visit>
  void sample(size_t count, Random& random, Visit visit) const;

  // Makes one step of SSCAN. The cursor is that of the table; compact forms are visited whole,
  // which returns 0.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const;

 private:
  Intset intset() const { return Intset(object()); }
  Listpack listpack() const { return Listpack(object()); }
  MemberSet& table() const { return *static_cast<MemberSet*>(object()); }

  uint32_t lookUpTogether(std::span<const Element> members) const;
  bool insertText(std::string_view member);
  bool insertInteger(int64_t member);
  bool insertIntoListpack(std::string_view member);
  void addToTable(std::string_view member);
  bool fitsListpack(std::string_view member) const;
  void convertToListpack();
  void convertToTable(size_t expected);
};

namespace set_values {
size_t size(const Value& value);
size_t bytes(const Value& value);
size_t freeEffort(const Value& value);
Value copy(const Value& value, const EncodingRules& rules);
void destroy(const Value& value);
}  // namespace set_values

}  // namespace inkstone

#include "storage/types/set_value_impl.h"

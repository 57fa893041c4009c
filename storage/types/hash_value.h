// Hashes: field and value by turns in a listpack (kListpack), or a hash table (kHashTable,
// member_table.h), chosen by the hash-max-* rules.
#pragma once

#include <cstdint>
#include <string_view>

#include "storage/types/element.h"
#include "storage/types/listpack.h"
#include "storage/types/member_table.h"
#include "storage/types/value_handle.h"

namespace inkstone {

// Elements are views until the next change. Text given to set() must not point into the hash;
// erase() may be given a field of it.
class HashValue : public ValueHandle {
 public:
  // An empty hash without a key.
  static Value create();

  HashValue(Entry& entry, const EncodingRules& rules) : ValueHandle(entry, rules) {}
  HashValue(const Value& value, const EncodingRules& rules) : ValueHandle(value, rules) {}

  size_t size() const;
  // Is called before a command sets `fields` fields, none of whose texts is longer than `longest`:
  // it changes the encoding for all of them at once, as Redis does.
  void expect(size_t fields, size_t longest);
  // Gives false if there is no such field.
  bool find(std::string_view field, Element& value) const;
  bool contains(std::string_view field) const;
  // Gives true if the field is new. Changes the encoding if field or value are too long, or the
  // fields too many.
  bool set(std::string_view field, std::string_view value);
  // Gives false if there was no such field.
  bool erase(std::string_view field);

  // visit(Element field, Element value) for each field; the hash must not change meanwhile.
  template <class Visit>
  void forEach(Visit visit) const;

  // A field, each with the same probability, and its value: visit(Element, Element). The hash must
  // not be empty.
  template <class Random, class Visit>
  void randomField(Random& random, Visit visit) const;
  // visit(Element, Element) for `count` (at most size()) different fields at random.
  template <class Random, class Visit>
  void sample(size_t count, Random& random, Visit visit) const;

  // Makes one step of HSCAN. The cursor is that of the table; a listpack is visited whole, which
  // returns 0.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const;

 private:
  Listpack listpack() const { return Listpack(object()); }
  FieldTable& table() const { return *static_cast<FieldTable*>(object()); }
  Listpack::Cursor findInListpack(std::string_view field) const;
  bool setInListpack(std::string_view field, std::string_view value);
  bool fitsListpack(std::string_view field, std::string_view value) const;
  void convertToTable(size_t expected);
};

namespace hash_values {
size_t size(const Value& value);
size_t bytes(const Value& value);
size_t freeEffort(const Value& value);
Value copy(const Value& value, const EncodingRules& rules);
void destroy(const Value& value);
}  // namespace hash_values

}  // namespace inkstone

#include "storage/types/hash_value_impl.h"

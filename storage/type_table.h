// Tables with one row for each type of values, or for each encoding: every layer that has to know
// types has one, and it compiles only while no type lacks a row and no row lacks a member.
// docs/how-to.md lists these tables under "A type".
#pragma once

#include <array>
#include <cstddef>

#include "storage/entry.h"

namespace inkstone {

// A row has a first member `type` and a function `constexpr bool isComplete() const` that tells
// whether everything else in it was given.
template <class Row>
using TypeTable = std::array<Row, kValueTypes>;

// The same with a first member `encoding`.
template <class Row>
using EncodingTable = std::array<Row, kEncodings>;

constexpr size_t indexOf(ValueType type) {
  return static_cast<size_t>(type);
}
constexpr size_t indexOf(Encoding encoding) {
  return static_cast<size_t>(encoding);
}

// Stands in a static_assert beside each table. A row that was left out shows in the order of the
// others, or as an empty one at the end.
template <class Row>
constexpr bool isComplete(const TypeTable<Row>& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (indexOf(rows[i].type) != i || !rows[i].isComplete()) return false;
  }
  return true;
}
template <class Row>
constexpr bool isComplete(const EncodingTable<Row>& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (indexOf(rows[i].encoding) != i || !rows[i].isComplete()) return false;
  }
  return true;
}

}  // namespace inkstone

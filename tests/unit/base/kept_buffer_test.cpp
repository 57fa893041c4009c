#include "base/kept_buffer.h"

#include <catch2/catch.hpp>
#include <string>
#include <unordered_map>
#include <vector>

using namespace inkstone;

TEST_CASE("memory is kept up to a bound") {
  std::vector<int> numbers(100);
  clearKept(numbers, 100);
  CHECK(numbers.empty());
  CHECK(numbers.capacity() == 100);
  numbers.resize(101);
  clearKept(numbers, 100);
  CHECK(numbers.empty());
  CHECK(numbers.capacity() == 0);
}

TEST_CASE("a table that ran empty is small again") {
  std::unordered_map<int, int> table;
  for (int i = 0; i < 5000; ++i) table[i] = i;
  shrinkIfEmpty(table, 100);
  CHECK(table.bucket_count() >= 5000);
  table.clear();
  shrinkIfEmpty(table, 100);
  CHECK(table.bucket_count() <= 100);
}

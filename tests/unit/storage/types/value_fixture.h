// Values without a key, and the rules they follow.
#pragma once

#include <string>
#include <string_view>

#include "storage/value.h"
#include "tests/unit/storage/database_fixture.h"

namespace inkstone::testing {

struct TestRules {
  KeyHasher hasher{testSecret()};
  EncodingRules rules{.hasher = &hasher};
};

// A SetValue or HashValue that destroys its value in the end.
template <class Handle>
class Owned {
 public:
  Owned(const Value& value, const EncodingRules& rules) : handle_(value, rules) {}
  ~Owned() { destroyValue(handle_.value()); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  Handle* operator->() { return &handle_; }
  const Handle* operator->() const { return &handle_; }
  Handle& operator*() { return handle_; }

 private:
  Handle handle_;
};

inline std::string nameOf(Encoding encoding) {
  switch (encoding) {
    case Encoding::kIntset:
      return "intset";
    case Encoding::kListpack:
      return "listpack";
    case Encoding::kHashTable:
      return "hashtable";
    default:
      return "another";
  }
}

}  // namespace inkstone::testing

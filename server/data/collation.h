// The order of texts that locale-collate asks for.
#pragma once

#include <locale.h>

#include <string>

namespace inkstone {

// A locale of its own: the one of the process, which is global, stays as it is.
class Collation {
 public:
  // The order of bytes.
  Collation() = default;
  ~Collation();
  Collation(const Collation&) = delete;
  Collation& operator=(const Collation&) = delete;

  // Takes the order of a locale; an empty name is what the environment says. False, and nothing is
  // changed, if the system does not know it.
  [[nodiscard]] bool use(const std::string& name);

  // Below 0, 0, above 0 as a is before, with or behind b; both end at their first zero byte.
  int compare(const char* a, const char* b) const;

 private:
  locale_t locale_ = nullptr;
};

}  // namespace inkstone

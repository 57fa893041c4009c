// The order of texts that locale-collate asks for.
#pragma once

#include <locale.h>

#include <string>

namespace inkstone {

// This locale is an object of its own. The locale of the process, which is global, stays as it is.
class Collation {
 public:
  // A new object has the order of bytes.
  Collation() = default;
  ~Collation();
  Collation(const Collation&) = delete;
  Collation& operator=(const Collation&) = delete;

  // Takes the order of a locale; an empty name stands for that of the environment. Returns false,
  // and changes nothing, if the system does not know the locale.
  [[nodiscard]] bool use(const std::string& name);

  // Returns a number below, equal to or above 0 when a sorts before, with or behind b. Both texts
  // end at their first zero byte.
  int compare(const char* a, const char* b) const;

 private:
  locale_t locale_ = nullptr;
};

}  // namespace inkstone

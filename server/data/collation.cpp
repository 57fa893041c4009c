#include "server/data/collation.h"

#include <cstring>

namespace inkstone {

Collation::~Collation() {
  if (locale_ != nullptr) freelocale(locale_);
}

bool Collation::use(const std::string& name) {
  const locale_t locale = newlocale(LC_COLLATE_MASK, name.c_str(), nullptr);
  if (locale == nullptr) return false;
  if (locale_ != nullptr) freelocale(locale_);
  locale_ = locale;
  return true;
}

int Collation::compare(const char* a, const char* b) const {
  return locale_ == nullptr ? std::strcmp(a, b) : strcoll_l(a, b, locale_);
}

}  // namespace inkstone

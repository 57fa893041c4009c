// Modules: what they wrote can be told apart without them, and is not kept.
#include "persistence/rdb/rdb_types.h"

namespace inkstone::rdb_modules {

std::string typeName(uint64_t number) {
  constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr size_t kLength = 9;
  // The lower 10 bits are the version of the module's own format.
  number >>= 10;
  std::string name(kLength, ' ');
  for (size_t i = kLength; i-- > 0; number >>= 6) name[i] = kCharacters[number & 63];
  return name;
}

bool skip(RdbInput& input) {
  for (;;) {
    uint64_t part;
    if (!input.readLength(part)) return false;
    uint64_t unused;
    bool read = false;
    if (part > static_cast<uint64_t>(RdbModulePart::kString)) {
      return input.fail("an unknown part of a module's data");
    }
    switch (static_cast<RdbModulePart>(part)) {
      case RdbModulePart::kEof:
        return true;
      case RdbModulePart::kSigned:
      case RdbModulePart::kUnsigned:
        read = input.readLength(unused);
        break;
      case RdbModulePart::kFloat:
        read = input.skip(sizeof(float));
        break;
      case RdbModulePart::kDouble:
        read = input.skip(sizeof(double));
        break;
      case RdbModulePart::kString:
        read = input.skipString();
        break;
    }
    if (!read) return false;
  }
}

}  // namespace inkstone::rdb_modules

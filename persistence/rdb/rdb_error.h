// Why an RDB image cannot be loaded, and what is told about that.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace inkstone {

struct RdbError {
  enum class Kind : uint8_t {
    kNone,
    kTruncated,    // the bytes end too early
    kDamaged,      // what stands at `offset` is against the format
    kUnsupported,  // sound, but holds what we cannot keep
    kForeign,      // sound, but no RDB file: `reason` says what it is
    kIo,           // reading failed with `io`
  };

  Kind kind = Kind::kNone;
  uint64_t offset = 0;
  // What was wrong, for people: no sentence, no offset.
  std::string reason;
  std::error_code io;
};

// One sentence or two, naming `what` ("the RDB file"), its path, the offset, the reason and the way
// out.
std::string describeRdbFailure(std::string_view what, const std::string& path,
                               const RdbError& error);

}  // namespace inkstone

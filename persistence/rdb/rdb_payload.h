// What DUMP gives and RESTORE takes: the type byte and the value as in an RDB file, the version (2
// bytes) and the checksum of all that (8 bytes), little-endian.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "persistence/rdb/rdb_input.h"
#include "persistence/rdb/rdb_value.h"
#include "persistence/rdb/rdb_writer.h"
#include "storage/entry.h"
#include "storage/types/encoding_rules.h"

namespace inkstone {

// The payload of an entry's value: key, deadline and access bits are no part of it. It has a
// checksum whatever the settings say.
std::string dumpPayload(const Entry& entry, const EncodingRules& rules,
                        const RdbWriteSettings& settings);

// Whether version and checksum are ones that can be read (RESTORE's first error if not). Without
// `verify_checksum` any checksum is right.
[[nodiscard]] bool isPayloadValid(std::string_view payload, bool verify_checksum);

// Reads the value of a payload that is valid in that sense.
class RdbPayloadReader {
 public:
  // What is given must outlive the reader.
  RdbPayloadReader(std::string_view payload, const EncodingRules& rules);

  // To be called once. False if the payload holds something else than one sound value, which
  // error() explains (RESTORE's second error). A string is a view that lives as long as the reader.
  [[nodiscard]] bool read(RdbValue& value);
  const RdbError& error() const { return input_.error(); }

 private:
  RdbInput input_;
  RdbValueReader values_;
};

}  // namespace inkstone

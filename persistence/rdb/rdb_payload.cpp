#include "persistence/rdb/rdb_payload.h"

#include <algorithm>
#include <cstring>

#include "persistence/rdb/rdb_format.h"

namespace inkstone {
namespace {

constexpr size_t kFooterBytes = sizeof(uint16_t) + kRdbChecksumBytes;

}  // namespace

std::string dumpPayload(const Entry& entry, const EncodingRules& rules,
                        const RdbWriteSettings& settings) {
  RdbWriteSettings with_checksum = settings;
  with_checksum.checksum = true;
  RdbStringSink sink;
  RdbWriter out(sink, with_checksum);
  out.putByte(static_cast<uint8_t>(rdbTypeOf(entry, settings.version)));
  writeRdbValue(entry, rules, out);
  out.putFixed(static_cast<uint16_t>(settings.version));
  out.putChecksum();
  return sink.take();
}

bool isPayloadValid(std::string_view payload, bool verify_checksum) {
  if (payload.size() < kFooterBytes) return false;
  const std::string_view summed = payload.substr(0, payload.size() - kRdbChecksumBytes);
  uint16_t version;
  std::memcpy(&version, payload.data() + payload.size() - kFooterBytes, sizeof version);
  // There is no magic: Valkey's versions are told by their number.
  if (version > kRdbVersionReadMax && version != kRdbVersionValkey) return false;
  if (!verify_checksum) return true;
  uint64_t stored;
  std::memcpy(&stored, payload.data() + summed.size(), sizeof stored);
  return stored == rdbChecksum(0, summed);
}

RdbPayloadReader::RdbPayloadReader(std::string_view payload, const EncodingRules& rules)
    : input_(payload.substr(0, payload.size() - std::min(payload.size(), kFooterBytes))),
      values_(input_, rules) {}

bool RdbPayloadReader::read(RdbValue& value) {
  uint8_t type;
  if (!input_.readByte(type) || !values_.read(type, value)) return false;
  if (input_.bytesLeft() == 0 && !value.isEmpty()) return true;
  const bool empty = value.isEmpty();
  value.clear();
  return input_.fail(empty ? "a value without elements" : "more than one value");
}

}  // namespace inkstone

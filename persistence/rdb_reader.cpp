#include "persistence/rdb_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "persistence/rdb_format.h"
#include "persistence/rdb_types.h"

namespace inkstone {
namespace {

template <class Integer>
void takeNumber(std::string_view text, Integer& number) {
  // What is no number is left out, as a fact that we do not know.
  std::from_chars(text.data(), text.data() + text.size(), number);
}

}  // namespace

RdbReader::RdbReader(ReadFile& file, uint64_t file_size, const EncodingRules& rules,
                     const RdbReadSettings& settings)
    : input_(file, 0, file_size), settings_(settings), values_(input_, rules) {
  if (settings.verify_checksum) input_.keepChecksum();
}

RdbReader::RdbReader(std::string_view bytes, const EncodingRules& rules,
                     const RdbReadSettings& settings)
    : input_(bytes), settings_(settings), values_(input_, rules) {
  if (settings.verify_checksum) input_.keepChecksum();
}

uint64_t RdbReader::keysAnnounced() const {
  // A place in a table takes about as much memory.
  constexpr uint64_t kKeyBytesMin = 8;
  return std::min(keys_announced_, input_.bytesLeft() / kKeyBytesMin);
}

RdbReader::Status RdbReader::next(RdbKey& key) {
  key.value.clear();
  key.deadline.reset();
  key.idle_seconds.reset();
  key.frequency.reset();
  key.offset = offset();
  if (!header_read_ && !readHeader()) return Status::kFailed;
  for (;;) {
    uint8_t byte;
    if (!input_.readByte(byte)) return Status::kFailed;
    const auto opcode = static_cast<RdbOpcode>(byte);
    if (opcode == RdbOpcode::kEof) return readEnd() ? Status::kEnd : Status::kFailed;
    if (opcode < RdbOpcode::kFunction2) {
      return readKey(byte, key) ? Status::kKey : Status::kFailed;
    }
    if (!readOpcode(opcode, key)) return Status::kFailed;
  }
}

bool RdbReader::readHeader() {
  std::string_view header;
  if (!input_.readView(kRdbHeaderBytes, header)) return false;
  const std::string_view digits = header.substr(kRdbMagic.size());
  const bool all_digits =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!header.starts_with(kRdbMagic) || !all_digits) return input_.fail("no RDB header");
  takeNumber(digits, facts_.version);
  header_read_ = true;
  if (facts_.version >= kRdbVersionReadMin && facts_.version <= kRdbVersionReadMax) return true;
  return input_.fail(RdbError::Kind::kUnsupported,
                     fmt::format("Can't handle RDB format version {}", facts_.version));
}

bool RdbReader::readOpcode(RdbOpcode opcode, RdbKey& key) {
  switch (opcode) {
    case RdbOpcode::kAux:
      return readAux();
    case RdbOpcode::kSelectDb:
      return readDatabase();
    case RdbOpcode::kResizeDb: {
      uint64_t keys;
      uint64_t volatile_keys;
      if (!input_.readLength(keys) || !input_.readLength(volatile_keys)) return false;
      facts_.keys_announced += keys;
      keys_announced_ = keys;
      return true;
    }
    case RdbOpcode::kExpireTime:
    case RdbOpcode::kExpireTimeMs:
      return readDeadline(opcode, key);
    case RdbOpcode::kIdle:
      return input_.readLength(key.idle_seconds.emplace());
    case RdbOpcode::kFreq:
      return input_.readByte(key.frequency.emplace());
    case RdbOpcode::kModuleAux:
      return readModuleAux();
    case RdbOpcode::kFunction2:
    case RdbOpcode::kFunctionPreGa:
      return readFunction(opcode);
    case RdbOpcode::kEof:
      break;
  }
  return false;
}

bool RdbReader::readAux() {
  std::string_view text;
  if (!input_.readString(text)) return false;
  const std::string name(text);
  if (!input_.readString(text)) return false;
  takeAux(name, text);
  return true;
}

// Others are for other programs.
void RdbReader::takeAux(std::string_view name, std::string_view value) {
  if (name == "redis-ver") {
    facts_.redis_version = value;
  } else if (name == "ctime") {
    takeNumber(value, facts_.unix_seconds);
  } else if (name == "used-mem") {
    takeNumber(value, facts_.used_memory);
  } else if (name == "aof-base" || name == "aof-preamble") {
    // The latter was its name before Redis 7.
    facts_.aof_base = value == "1";
  }
}

bool RdbReader::readModuleAux() {
  uint64_t type_number;
  uint64_t part;
  uint64_t when;
  if (!input_.readLength(type_number) || !input_.readLength(part) || !input_.readLength(when)) {
    return false;
  }
  if (part != static_cast<uint64_t>(RdbModulePart::kUnsigned)) {
    return input_.fail("module data that does not say when it is to be loaded");
  }
  ++facts_.module_aux_skipped;
  return rdb_modules::skip(input_);
}

bool RdbReader::readFunction(RdbOpcode opcode) {
  if (opcode == RdbOpcode::kFunctionPreGa) {
    return input_.fail(RdbError::Kind::kUnsupported,
                       "a function in the form of a release candidate of Redis 7.0");
  }
  if (!input_.skipString()) return false;
  return input_.fail(RdbError::Kind::kUnsupported,
                     "a library of functions, which is not supported yet");
}

bool RdbReader::readDatabase() {
  uint64_t index;
  if (!input_.readLength(index)) return false;
  if (index >= settings_.databases) {
    return input_.fail(RdbError::Kind::kUnsupported,
                       fmt::format("keys of database {}, but there are only {} databases", index,
                                   settings_.databases));
  }
  database_ = static_cast<size_t>(index);
  keys_announced_ = 0;
  return true;
}

bool RdbReader::readDeadline(RdbOpcode opcode, RdbKey& key) {
  constexpr int64_t kMsPerSecond = 1000;
  if (opcode == RdbOpcode::kExpireTime) {
    int32_t seconds;
    if (!input_.readFixed(seconds)) return false;
    key.deadline = seconds * kMsPerSecond;
    return true;
  }
  return input_.readFixed(key.deadline.emplace());
}

bool RdbReader::readKey(uint8_t type, RdbKey& key) {
  std::string_view text;
  if (!input_.readString(text)) return false;
  // Reading the value may move what it lies in.
  key_text_.assign(text);
  if (!values_.read(type, key.value)) return false;
  key.key = key_text_;
  key.database = database_;
  return true;
}

bool RdbReader::readEnd() {
  if (facts_.version < kRdbVersionChecksum) return true;
  const uint64_t computed = settings_.verify_checksum ? input_.checksum() : 0;
  uint64_t stored;
  if (!input_.readFixed(stored)) return false;
  // 0: it was written without one.
  if (!settings_.verify_checksum || stored == 0 || stored == computed) return true;
  return input_.fail("a checksum that does not match what stands before it");
}

}  // namespace inkstone

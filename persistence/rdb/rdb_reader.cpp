#include "persistence/rdb/rdb_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "persistence/rdb/file_kind.h"
#include "persistence/rdb/log_mark.h"
#include "persistence/rdb/rdb_format.h"
#include "persistence/rdb/rdb_types.h"

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
  begin(key);
  if (!header_read_ && !readHeader()) return Status::kFailed;
  for (;;) {
    uint8_t byte;
    if (!input_.readByte(byte)) return Status::kFailed;
    const auto opcode = static_cast<RdbOpcode>(byte);
    if (opcode == RdbOpcode::kEof) return readEnd() ? Status::kEnd : Status::kFailed;
    if (isOpcode(byte)) {
      if (!readOpcode(opcode, key)) return Status::kFailed;
      continue;
    }
    if (!readKey(byte, key)) return Status::kFailed;
    if (!key.value.isEmpty()) return Status::kKey;
    leaveOut(key);
    begin(key);
  }
}

void RdbReader::begin(RdbKey& key) {
  key.value.clear();
  key.deadline.reset();
  key.idle_seconds.reset();
  key.frequency.reset();
  key.offset = offset();
}

// Faults of old servers left keys without elements in files; Redis leaves them out, too.
void RdbReader::leaveOut(const RdbKey& key) {
  constexpr size_t kNameBytesMax = 128;
  if (facts_.empty_keys++ < RdbFacts::kNamesMax) {
    facts_.empty_key_names.emplace_back(key.key.substr(0, kNameBytesMax));
  }
}

bool RdbReader::readHeader() {
  // Long enough for any kind of file to be known.
  const std::string_view start = input_.peek(kFileKindBytes);
  if (input_.failed()) return false;
  facts_.valkey = start.starts_with(kRdbMagicValkey);
  const std::string_view magic = facts_.valkey ? kRdbMagicValkey : kRdbMagic;
  if (!magic.starts_with(start.substr(0, magic.size()))) return refuseHeader();
  std::string_view header;
  if (!input_.readView(kRdbHeaderBytes, header)) return false;
  const std::string_view digits = header.substr(magic.size());
  const bool all_digits =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!all_digits) return refuseHeader();
  takeNumber(digits, facts_.version);
  header_read_ = true;
  if (facts_.valkey && facts_.version == kRdbVersionValkey) return true;
  if (!facts_.valkey && facts_.version >= kRdbVersionReadMin &&
      facts_.version <= kRdbVersionReadMax) {
    return true;
  }
  return refuseVersion();
}

bool RdbReader::refuseHeader() {
  const std::optional<std::string> kind = recogniseFile(input_.peek(kFileKindBytes));
  if (kind) return input_.fail(RdbError::Kind::kForeign, *kind);
  return input_.fail("no RDB header (Wrong signature trying to load DB from file)");
}

bool RdbReader::refuseVersion() {
  const std::string reason = fmt::format("Can't handle RDB format version {}", facts_.version);
  const std::string writer = rdbWriter(facts_.valkey, facts_.version);
  return input_.failAt(0, RdbError::Kind::kUnsupported,
                       writer.empty() ? reason : fmt::format("{}: {}", reason, writer));
}

bool RdbReader::isOpcode(uint8_t byte) const {
  const auto first = facts_.valkey ? RdbOpcode::kSlotImport : RdbOpcode::kFunction2;
  return byte >= static_cast<uint8_t>(first);
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
    case RdbOpcode::kSlotInfo:
      return readSlotInfo();
    case RdbOpcode::kSlotImport:
      return input_.fail(RdbError::Kind::kUnsupported,
                         "a migration of slots that was under way in a cluster of Valkey");
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
  } else if (name == kLogMarkField) {
    facts_.log_mark = value;
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
  const std::string name = rdb_modules::typeName(type_number);
  if (!settings_.skip_module_aux) {
    return input_.fail(RdbError::Kind::kUnsupported,
                       fmt::format("AUX module data I can't load: no matching module '{}' "
                                   "(rdb-skip-module-aux yes loads all the rest)",
                                   name));
  }
  auto& names = facts_.module_aux_skipped;
  if (names.size() < RdbFacts::kNamesMax &&
      std::find(names.begin(), names.end(), name) == names.end()) {
    names.push_back(name);
  }
  return rdb_modules::skip(input_);
}

bool RdbReader::readSlotInfo() {
  constexpr int kLengths = 3;
  uint64_t unused;
  for (int i = 0; i < kLengths; ++i) {
    if (!input_.readLength(unused)) return false;
  }
  return true;
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
  if (!RdbValueReader::knows(type)) return refuseType(type);
  std::string_view text;
  if (!input_.readString(text)) return false;
  // Reading the value may move what it lies in.
  key_text_.assign(text);
  if (!values_.read(type, key.value)) return false;
  key.key = key_text_;
  key.database = database_;
  return true;
}

// An unknown type is damage, unless somebody else meant it: then the checksum at the end holds.
bool RdbReader::refuseType(uint8_t type) {
  const uint64_t here = offset() - 1;
  if (facts_.valkey && type == static_cast<uint8_t>(RdbType::kHash2)) {
    return input_.failAt(
        here, RdbError::Kind::kUnsupported,
        fmt::format("a hash whose fields have deadlines, which is not supported yet: {}",
                    rdbWriter(true, facts_.version)));
  }
  const std::string reason = fmt::format("the unknown type {} of a value", type);
  if (!restMatchesChecksum()) return input_.failAt(here, RdbError::Kind::kDamaged, reason);
  return input_.failAt(here, RdbError::Kind::kUnsupported,
                       fmt::format("{}: it was written by another server, for the checksum of the "
                                   "whole file is right",
                                   reason));
}

// Reads the rest of the file. False where another log or nothing follows the image, too.
bool RdbReader::restMatchesChecksum() {
  if (!settings_.verify_checksum || facts_.version < kRdbVersionChecksum) return false;
  if (input_.bytesLeft() < kRdbChecksumBytes) return false;
  uint64_t stored;
  if (!input_.skip(input_.bytesLeft() - kRdbChecksumBytes)) return false;
  const uint64_t computed = input_.checksum();
  return input_.readFixed(stored) && stored == computed;
}

bool RdbReader::readEnd() {
  if (facts_.version < kRdbVersionChecksum) return true;
  const uint64_t computed = settings_.verify_checksum ? input_.checksum() : 0;
  uint64_t stored;
  if (!input_.readFixed(stored)) return false;
  // 0: it was written without one.
  if (!settings_.verify_checksum || stored == 0 || stored == computed) return true;
  return input_.fail(fmt::format(
      "RDB CRC error, what stands before the checksum does not match it (Wrong RDB checksum "
      "expected: ({:x}) but got ({:x}))",
      stored, computed));
}

}  // namespace inkstone

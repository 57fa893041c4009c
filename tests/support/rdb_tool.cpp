// Looks at RDB files and DUMP payloads with our encoder and decoder, for tests that compare with
// the stock server.
//
//   rdb-tool describe FILE         a line a key: see describe_keyspace.h
//   rdb-tool copy IN OUT [plain]   reads a file and writes it anew; plain: not compressed, no
//                                  checksum
//   rdb-tool payloads FILE [plain] a line a key: database, key, encoding, payload (key and payload
//                                  in hexadecimal digits)
//   rdb-tool read                  a line of standard input is a payload; prints its description
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "persistence/files/posix_file_system.h"
#include "persistence/rdb/keyspace_filler.h"
#include "persistence/rdb/rdb_encoder.h"
#include "persistence/rdb/rdb_payload.h"
#include "tests/support/describe_keyspace.h"

namespace inkstone {
namespace {

constexpr size_t kDatabases = 16;
constexpr size_t kKeysAtOnce = 1000;

KeyHasher::Secret secret() {
  KeyHasher::Secret bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i);
  return bytes;
}

struct World {
  Keyspace keyspace{kDatabases, secret()};
  AccessClock clock;
};

int complain(std::string_view what, const RdbError& error) {
  std::cerr << fmt::format("{} at offset {}: {}\n", what, error.offset, error.reason);
  return 1;
}

bool load(const char* path, World& world) {
  PosixFileSystem files;
  const auto file = files.openRead(path);
  if (!file.ok()) {
    std::cerr << fmt::format("{}: {}\n", path, file.error.message());
    return false;
  }
  const IoResult<uint64_t> size = file.value->size();
  KeyspaceFiller loader(*file.value, size.value, world.keyspace, world.clock, {});
  KeyspaceFiller::Status status;
  do status = loader.step(kKeysAtOnce);
  while (status == KeyspaceFiller::Status::kMore);
  if (status == KeyspaceFiller::Status::kFailed) {
    complain(path, loader.error());
    return false;
  }
  if (loader.offset() == size.value) return true;
  std::cerr << fmt::format("{}: {} bytes behind the end\n", path, size.value - loader.offset());
  return false;
}

int describe(const char* path) {
  World world;
  if (!load(path, world)) return 1;
  std::cout << testing::describeKeyspace(world.keyspace);
  return 0;
}

RdbWriteSettings settingsOf(bool plain) {
  RdbWriteSettings settings;
  settings.compress = settings.checksum = !plain;
  return settings;
}

int copy(const char* from, const char* to, bool plain) {
  World world;
  if (!load(from, world)) return 1;
  RdbSaveRequest request;
  request.info = {"7.2.5", 1700000000, 1048576, false};
  request.settings = settingsOf(plain);
  RdbStringSink sink;
  if (!saveRdb(world.keyspace, request, sink).complete) return 1;
  std::ofstream out(to, std::ios::binary);
  out << sink.text();
  return out.flush() ? 0 : 1;
}

std::string hexDigits(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(c));
  }
  return text;
}

int payloads(const char* path, bool plain) {
  World world;
  if (!load(path, world)) return 1;
  const EncodingRules& rules = world.keyspace.encodingRules();
  for (size_t index = 0; index < world.keyspace.size(); ++index) {
    world.keyspace[index].table().forEach([&](const Entry* entry) {
      std::cout << fmt::format("{} {} {} {}\n", index, hexDigits(entry->key()),
                               encodingName(*entry),
                               hexDigits(dumpPayload(*entry, rules, settingsOf(plain))));
    });
  }
  return 0;
}

std::string bytesOf(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

int read() {
  for (std::string line; std::getline(std::cin, line);) {
    World world;
    Database& database = world.keyspace[0];
    const std::string payload = bytesOf(line);
    if (!isPayloadValid(payload, true)) {
      std::cout << "version or checksum\n";
      continue;
    }
    RdbPayloadReader reader(payload, world.keyspace.encodingRules());
    RdbValue value;
    if (!reader.read(value)) return complain("payload", reader.error());
    const uint64_t hash = database.hashOf("key");
    const Entry* const entry = value.isString()
                                   ? database.setString(hash, "key", {}, value.string(), false, 0)
                                   : database.insertValue(hash, "key", value.release(), 0);
    std::cout << testing::describeEntry(*entry, world.keyspace.encodingRules()) << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace inkstone

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  const bool plain = std::string_view(argv[argc - 1]) == "plain";
  const int words = argc - (plain ? 1 : 0);
  if (command == "describe" && words == 3) return inkstone::describe(argv[2]);
  if (command == "copy" && words == 4) return inkstone::copy(argv[2], argv[3], plain);
  if (command == "payloads" && words == 3) return inkstone::payloads(argv[2], plain);
  if (command == "read" && words == 2) return inkstone::read();
  std::cerr
      << "usage: rdb-tool describe FILE | copy IN OUT [plain] | payloads FILE [plain] | read\n";
  return 2;
}

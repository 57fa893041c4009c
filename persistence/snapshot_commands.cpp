#include "persistence/snapshot_commands.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/numbers.h"
#include "storage/string_value.h"

namespace inkstone {

namespace {

// Entries lie scattered over memory: so many are on their way to the cache at once.
constexpr size_t kEntriesAhead = 32;

void writeString(const Entry& entry, BulkWriter& out) {
  const StringView value(entry);
  out.appendCommand(std::array<std::string_view, 3>{"SET", entry.key(), value.view()});
}

// One place for each type.
void writeValue(const Entry& entry, BulkWriter& out) {
  switch (entry.type()) {
    case ValueType::kString:
      return writeString(entry, out);
    case ValueType::kList:
    case ValueType::kSet:
    case ValueType::kZset:
    case ValueType::kHash:
    case ValueType::kStream:
    case ValueType::kModule:
      break;
  }
  // A log without the key would lose it in silence.
  std::fprintf(stderr, "writeSnapshotCommands: no command for a value of type %d\n",
               static_cast<int>(entry.type()));
  std::abort();
}

void writeEntry(const Entry& entry, BulkWriter& out) {
  writeValue(entry, out);
  if (!entry.hasDeadline()) return;
  std::array<char, kInt64TextMax> text;
  const std::string_view moment(text.data(), formatInt64(text.data(), entry.deadline()));
  out.appendCommand(std::array<std::string_view, 3>{"PEXPIREAT", entry.key(), moment});
}

uint64_t writeDatabase(const Database& database, BulkWriter& out) {
  uint64_t keys = 0;
  std::vector<const Entry*> ahead;
  const auto writeAhead = [&] {
    for (const Entry* entry : ahead) writeEntry(*entry, out);
    keys += ahead.size();
    ahead.clear();
  };
  uint64_t cursor = 0;
  do {
    cursor = database.table().scan(cursor, [&](const Entry* entry) {
      __builtin_prefetch(entry);
      ahead.push_back(entry);
    });
    if (ahead.size() >= kEntriesAhead) writeAhead();
  } while (cursor != 0 && !out.error());
  writeAhead();
  return keys;
}

}  // namespace

uint64_t writeSnapshotCommands(const Keyspace& keyspace, std::optional<int64_t> annotation_unix_s,
                               BulkWriter& out) {
  if (annotation_unix_s) out.append(fmt::format("#TS:{}\r\n", *annotation_unix_s));
  uint64_t keys = 0;
  for (size_t index = 0; index < keyspace.size() && !out.error(); ++index) {
    if (keyspace[index].empty()) continue;
    out.appendCommand(std::array<std::string_view, 2>{"SELECT", std::to_string(index)});
    keys += writeDatabase(keyspace[index], out);
  }
  return keys;
}

}  // namespace inkstone

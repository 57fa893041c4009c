#include "server/durability/dump_comparison.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "persistence/rdb/keyspace_filler.h"
#include "server/durability/data_digest.h"
#include "storage/access_clock.h"

namespace inkstone {
namespace {

constexpr size_t kKeysAtOnce = 64;

bool expired(const Entry& entry, int64_t now_ms) {
  return entry.hasDeadline() && entry.deadline() < now_ms;
}

uint64_t livingKeys(const Keyspace& keyspace, int64_t now_ms) {
  uint64_t keys = 0;
  for (size_t index = 0; index < keyspace.size(); ++index) {
    uint64_t cursor = 0;
    do {
      cursor = keyspace[index].table().scan(
          cursor, [&](const Entry* entry) { keys += expired(*entry, now_ms) ? 0 : 1; });
    } while (cursor != 0);
  }
  return keys;
}

bool sameEntry(const Entry& one, const EncodingRules& one_rules, const Entry& other,
               const EncodingRules& other_rules) {
  if (one.hasDeadline() != other.hasDeadline()) return false;
  if (one.hasDeadline() && one.deadline() != other.deadline()) return false;
  return digestOfValue(one, one_rules) == digestOfValue(other, other_rules);
}

bool beginsAsDump(ReadFile& file) {
  std::array<char, 6> bytes{};
  const IoResult<size_t> read = file.readAt(0, bytes);
  const std::string_view text(bytes.data(), read.value);
  return text.starts_with("REDIS") || text.starts_with("VALKEY");
}

class Comparison {
 public:
  Comparison(const Keyspace& keyspace, int64_t now_ms)
      : keyspace_(keyspace), now_ms_(now_ms), loaded_(keyspace.size(), KeyHasher::Secret{}) {
    loaded_.setEncodingRules(keyspace.encodingRules());
  }

  DumpComparison run(ReadFile& file, uint64_t size) {
    const AccessClock clock;
    RdbLoadSettings settings;
    settings.drop_expired_before_ms = now_ms_;
    KeyspaceFiller loader(file, size, loaded_, clock, settings);
    KeyspaceFiller::Status status = KeyspaceFiller::Status::kMore;
    while (status == KeyspaceFiller::Status::kMore && result_.same()) {
      status = loader.step(kKeysAtOnce);
      compareLoaded();
    }
    if (status == KeyspaceFiller::Status::kFailed && result_.same()) {
      result_.unreadable = loader.error().reason;
    } else if (result_.same()) {
      const uint64_t keys = livingKeys(keyspace_, now_ms_);
      if (keys != result_.keys) {
        result_.difference = fmt::format("{} keys instead of {}", result_.keys, keys);
      }
    }
    return result_;
  }

 private:
  void compareLoaded() {
    for (size_t index = 0; index < loaded_.size(); ++index) {
      Database& database = loaded_[index];
      if (database.empty()) continue;
      uint64_t cursor = 0;
      do {
        cursor = database.table().scan(cursor, [&](const Entry* entry) { compare(index, *entry); });
      } while (cursor != 0);
      static_cast<void>(database.takeContents());
    }
  }

  void compare(size_t index, const Entry& entry) {
    ++result_.keys;
    const Database& database = keyspace_[index];
    const Database::Slot slot = database.find(database.hashOf(entry.key()), entry.key());
    if (!result_.same()) return;
    if (slot && sameEntry(entry, loaded_.encodingRules(), *slot.node(), keyspace_.encodingRules()))
      return;
    result_.difference = fmt::format("key {} of database {} {}", quoted(entry.key()), index,
                                     slot ? "has another value" : "is only in the dump");
  }

  static std::string quoted(std::string_view key) {
    constexpr size_t kShownMax = 64;
    std::string text = "'";
    for (const char c : key.substr(0, kShownMax)) text += c >= ' ' && c <= '~' ? c : '?';
    return text + (key.size() > kShownMax ? "...'" : "'");
  }

  const Keyspace& keyspace_;
  const int64_t now_ms_;
  // It holds a few keys of the dump at a time.
  Keyspace loaded_;
  DumpComparison result_;
};

}  // namespace

DumpComparison compareWithDump(FileSystem& files, const Keyspace& keyspace, const std::string& path,
                               int64_t now_ms) {
  DumpComparison failed;
  const IoResult<std::unique_ptr<ReadFile>> file = files.openRead(path);
  const IoResult<uint64_t> size = file.ok() ? file.value->size() : IoResult<uint64_t>{};
  if (!file.ok() || !size.ok()) {
    failed.is_dump = true;
    failed.unreadable = file.ok() ? size.error.message() : file.error.message();
    return failed;
  }
  const bool is_dump = beginsAsDump(*file.value);
  DumpComparison result = Comparison(keyspace, now_ms).run(*file.value, size.value);
  result.is_dump = is_dump;
  return result;
}

}  // namespace inkstone

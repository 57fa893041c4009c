#include "persistence/rewrite/data_set_file.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/invariant.h"
#include "base/numbers.h"
#include "storage/string_value.h"
#include "storage/type_table.h"
#include "storage/types/hash_value.h"
#include "storage/types/list_value.h"
#include "storage/types/score_text.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {

namespace {

// Entries lie scattered over memory: so many are on their way to the cache at once.
constexpr size_t kEntriesAhead = 32;

void writeString(const Entry& entry, const EncodingRules&, BulkWriter& out) {
  const StringView value(entry);
  out.appendCommand(std::array<std::string_view, 3>{"SET", entry.key(), value.view()});
}

// Writes the elements of a value as commands of up to 64 elements each, as Redis has it, so that
// loading never meets a huge command.
class ElementCommands {
 public:
  // `words`: how many words an element takes.
  ElementCommands(std::string_view name, std::string_view key, size_t words, size_t elements,
                  BulkWriter& out)
      : name_(name), key_(key), words_(words), elements_left_(elements), out_(out) {}
  // A command that tells of more words than follow would make what comes behind it a part of it.
  ~ElementCommands() {
    invariant(elements_left_ == 0 && command_left_ == 0, "a value has as many elements as it says",
              elements_left_, command_left_);
  }
  ElementCommands(const ElementCommands&) = delete;
  ElementCommands& operator=(const ElementCommands&) = delete;

  // Before the words of each element.
  void beginElement() {
    if (command_left_ == 0) {
      invariant(elements_left_ > 0, "a value has no more elements than it says");
      command_left_ = std::min(elements_left_, kElementsMax);
      out_.beginCommand(2 + command_left_ * words_);
      out_.appendArgument(name_);
      out_.appendArgument(key_);
    }
    --command_left_;
    --elements_left_;
  }
  void add(const Element& element) {
    ElementText room;
    out_.appendArgument(element.text(room));
  }
  void add(double score) {
    ScoreText room;
    out_.appendArgument(scoreText(score, room));
  }

 private:
  static constexpr size_t kElementsMax = 64;

  const std::string_view name_;
  const std::string_view key_;
  const size_t words_;
  size_t elements_left_;
  size_t command_left_ = 0;
  BulkWriter& out_;
};

void writeList(const Entry& entry, const EncodingRules& rules, BulkWriter& out) {
  const ListValue list(valueOf(entry), rules);
  ElementCommands commands("RPUSH", entry.key(), 1, list.size(), out);
  list.forRange(0, list.size(), false, [&](const Element& element) {
    commands.beginElement();
    commands.add(element);
  });
}

void writeSet(const Entry& entry, const EncodingRules& rules, BulkWriter& out) {
  const SetValue set(valueOf(entry), rules);
  ElementCommands commands("SADD", entry.key(), 1, set.size(), out);
  set.forEach([&](const Element& member) {
    commands.beginElement();
    commands.add(member);
  });
}

void writeHash(const Entry& entry, const EncodingRules& rules, BulkWriter& out) {
  const HashValue hash(valueOf(entry), rules);
  ElementCommands commands("HMSET", entry.key(), 2, hash.size(), out);
  hash.forEach([&](const Element& field, const Element& value) {
    commands.beginElement();
    commands.add(field);
    commands.add(value);
  });
}

void writeSortedSet(const Entry& entry, const EncodingRules& rules, BulkWriter& out) {
  const SortedSetValue zset(valueOf(entry), rules);
  ElementCommands commands("ZADD", entry.key(), 2, zset.size(), out);
  // Ascending: what is loaded in order is built fastest.
  zset.forRange({0, zset.size()}, false, [&](const Element& member, double score) {
    commands.beginElement();
    commands.add(score);
    commands.add(member);
  });
}

// What this layer has to know of a type.
struct CommandsRow {
  ValueType type;
  void (*write)(const Entry&, const EncodingRules&, BulkWriter&);

  constexpr bool isComplete() const { return write != nullptr; }
};

constexpr TypeTable<CommandsRow> kCommandsRows = {{
    {ValueType::kString, writeString},
    {ValueType::kList, writeList},
    {ValueType::kSet, writeSet},
    {ValueType::kZset, writeSortedSet},
    {ValueType::kHash, writeHash},
}};
static_assert(isComplete(kCommandsRows),
              "every type has its row: a log without the key would lose it");

void writeEntry(const Entry& entry, const EncodingRules& rules, BulkWriter& out) {
  if (entry.type() == ValueType::kString) {
    // Most values are strings, which are spared the indirect call.
    writeString(entry, rules, out);
  } else {
    kCommandsRows[indexOf(entry.type())].write(entry, rules, out);
  }
  if (!entry.hasDeadline()) return;
  std::array<char, kInt64TextMax> text;
  const std::string_view moment(text.data(), formatInt64(text.data(), entry.deadline()));
  out.appendCommand(std::array<std::string_view, 3>{"PEXPIREAT", entry.key(), moment});
}

// `keys` counts those written.
void writeDatabase(const Database& database, BulkWriter& out, RdbSaveObserver* observer,
                   uint64_t& keys) {
  std::vector<const Entry*> ahead;
  const auto writeAhead = [&] {
    for (const Entry* entry : ahead) {
      writeEntry(*entry, database.encodingRules(), out);
      ++keys;
      if (observer != nullptr) observer->keySaved(keys, out.bytes());
    }
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
}

}  // namespace

uint64_t writeSnapshotCommands(const Keyspace& keyspace, std::optional<int64_t> annotation_unix_s,
                               BulkWriter& out, RdbSaveObserver* observer) {
  if (annotation_unix_s) out.append(fmt::format("#TS:{}\r\n", *annotation_unix_s));
  uint64_t keys = 0;
  for (size_t index = 0; index < keyspace.size() && !out.error(); ++index) {
    if (keyspace[index].empty()) continue;
    out.appendCommand(std::array<std::string_view, 2>{"SELECT", std::to_string(index)});
    writeDatabase(keyspace[index], out, observer, keys);
  }
  // A log without a byte looks like one that nobody has written to yet, and a start then takes what
  // lies beside it (data_choice.h).
  if (keys == 0 && !annotation_unix_s) {
    out.appendCommand(std::array<std::string_view, 2>{"SELECT", "0"});
  }
  return keys;
}

}  // namespace inkstone

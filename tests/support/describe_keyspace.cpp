#include "tests/support/describe_keyspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "storage/string_value.h"
#include "storage/types/hash_value.h"
#include "storage/types/list_value.h"
#include "storage/types/score_text.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone::testing {
namespace {

using Texts = std::vector<std::string>;

std::string textOf(const Element& element) {
  ElementText room;
  return printable(element.text(room));
}

std::string joined(std::string_view type, const Texts& texts) {
  return fmt::format("{} [{}]", type, fmt::join(texts, " "));
}

std::string describeList(const ListValue& list) {
  Texts texts;
  list.forRange(0, list.size(), false,
                [&](const Element& element) { texts.push_back(textOf(element)); });
  return joined("list", texts);
}

std::string describeSet(const SetValue& set) {
  Texts texts;
  set.forEach([&](const Element& member) { texts.push_back(textOf(member)); });
  std::sort(texts.begin(), texts.end());
  return joined("set", texts);
}

std::string describeHash(const HashValue& hash) {
  Texts texts;
  hash.forEach([&](const Element& field, const Element& value) {
    texts.push_back(textOf(field) + "=" + textOf(value));
  });
  std::sort(texts.begin(), texts.end());
  return joined("hash", texts);
}

std::string describeSortedSet(const SortedSetValue& zset) {
  Texts texts;
  zset.forRange({0, zset.size()}, false, [&](const Element& member, double score) {
    ScoreText room;
    // -0 loses its sign where a set is packed, as in Redis.
    if (score == 0) score = 0;
    texts.push_back(textOf(member) + "=" + std::string(scoreText(score, room)));
  });
  return joined("zset", texts);
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
      text += c;
    } else {
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text + '"';
}

std::string describeEntry(const Entry& entry, const EncodingRules& rules) {
  switch (entry.type()) {
    case ValueType::kString:
      return "string " + printable(StringView(entry).view());
    case ValueType::kList:
      return describeList(ListValue(valueOf(entry), rules));
    case ValueType::kSet:
      return describeSet(SetValue(valueOf(entry), rules));
    case ValueType::kHash:
      return describeHash(HashValue(valueOf(entry), rules));
    case ValueType::kZset:
      return describeSortedSet(SortedSetValue(valueOf(entry), rules));
  }
  return "unknown";
}

std::string describeKeyspace(const Keyspace& keyspace) {
  Texts lines;
  for (size_t index = 0; index < keyspace.size(); ++index) {
    keyspace[index].table().forEach([&](const Entry* entry) {
      const std::string deadline = entry->hasDeadline() ? std::to_string(entry->deadline()) : "-";
      lines.push_back(fmt::format("{} {} {} {}\n", index, printable(entry->key()), deadline,
                                  describeEntry(*entry, keyspace.encodingRules())));
    });
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, ""));
}

}  // namespace inkstone::testing

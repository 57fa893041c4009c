#include "server/durability/debug_digest.h"

#include <fmt/format.h>

#include <cstdio>
#include <iterator>

#include "storage/keyspace.h"
#include "storage/string_value.h"
#include "storage/types/hash_value.h"
#include "storage/types/list_value.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {
namespace {

void addBytes(Sha1Digest& digest, std::string_view bytes) {
  const Sha1Digest hash = sha1(bytes);
  for (size_t i = 0; i < digest.size(); ++i) digest[i] ^= hash[i];
}

std::string_view bytesOf(const Sha1Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

void mixBytes(Sha1Digest& digest, std::string_view bytes) {
  addBytes(digest, bytes);
  digest = sha1(bytesOf(digest));
}

void mixNumber(Sha1Digest& digest, uint32_t number) {
  const char bytes[] = {static_cast<char>(number >> 24), static_cast<char>(number >> 16),
                        static_cast<char>(number >> 8), static_cast<char>(number)};
  mixBytes(digest, {bytes, sizeof bytes});
}

// The number that Redis has for a type.
uint32_t typeNumber(ValueType type) {
  switch (type) {
    case ValueType::kString:
      return 0;
    case ValueType::kList:
      return 1;
    case ValueType::kSet:
      return 2;
    case ValueType::kZset:
      return 3;
    case ValueType::kHash:
      return 4;
    case ValueType::kModule:
      return 5;
    case ValueType::kStream:
      return 6;
  }
  return 0;
}

void mixElement(Sha1Digest& digest, const Element& element) {
  ElementText room;
  mixBytes(digest, element.text(room));
}

void mixList(Sha1Digest& digest, const ListValue& list) {
  list.forRange(0, list.size(), false,
                [&](const Element& element) { mixElement(digest, element); });
}

void addSet(Sha1Digest& digest, const SetValue& set) {
  set.forEach([&](const Element& member) {
    ElementText room;
    addBytes(digest, member.text(room));
  });
}

void addHash(Sha1Digest& digest, const HashValue& hash) {
  hash.forEach([&](const Element& field, const Element& value) {
    Sha1Digest pair{};
    mixElement(pair, field);
    mixElement(pair, value);
    addBytes(digest, bytesOf(pair));
  });
}

void addSortedSet(Sha1Digest& digest, const SortedSetValue& zset) {
  zset.forEach([&](const Element& member, double score) {
    Sha1Digest pair{};
    mixElement(pair, member);
    char text[32];
    const int length = std::snprintf(text, sizeof text, "%.17g", score);
    mixBytes(pair, {text, static_cast<size_t>(length)});
    addBytes(digest, bytesOf(pair));
  });
}

// Every type has its branch here.
void mixContent(Sha1Digest& digest, const Entry& entry, const EncodingRules& rules) {
  switch (entry.type()) {
    case ValueType::kString:
      return mixBytes(digest, StringView(entry).view());
    case ValueType::kList:
      return mixList(digest, ListValue(valueOf(entry), rules));
    case ValueType::kSet:
      return addSet(digest, SetValue(valueOf(entry), rules));
    case ValueType::kHash:
      return addHash(digest, HashValue(valueOf(entry), rules));
    case ValueType::kZset:
      return addSortedSet(digest, SortedSetValue(valueOf(entry), rules));
    case ValueType::kStream:
    case ValueType::kModule:
      break;
  }
}

void mixValue(Sha1Digest& digest, const Entry& entry, const EncodingRules& rules) {
  mixNumber(digest, typeNumber(entry.type()));
  mixContent(digest, entry, rules);
  if (entry.hasDeadline()) addBytes(digest, "!!expire!!");
}

}  // namespace

Sha1Digest digestOfValue(const Entry& entry, const EncodingRules& rules) {
  Sha1Digest digest{};
  mixValue(digest, entry, rules);
  return digest;
}

Sha1Digest digestOfDataSet(const Keyspace& keyspace) {
  Sha1Digest total{};
  for (size_t i = 0; i < keyspace.size(); ++i) {
    if (keyspace[i].empty()) continue;
    mixNumber(total, static_cast<uint32_t>(i));
    keyspace[i].table().forEach([&](const Entry* entry) {
      Sha1Digest digest{};
      mixBytes(digest, entry->key());
      mixValue(digest, *entry, keyspace.encodingRules());
      addBytes(total, bytesOf(digest));
    });
  }
  return total;
}

std::string hexDigits(const Sha1Digest& digest) {
  std::string text;
  for (uint8_t byte : digest) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

}  // namespace inkstone

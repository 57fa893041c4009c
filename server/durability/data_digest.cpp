#include "server/durability/data_digest.h"

#include <fmt/format.h>

#include <iterator>

#include "storage/keyspace.h"
#include "storage/string_value.h"
#include "storage/type_table.h"
#include "storage/types/hash_value.h"
#include "storage/types/list_value.h"
#include "storage/types/score_text.h"
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

void mixElement(Sha1Digest& digest, const Element& element) {
  ElementText room;
  mixBytes(digest, element.text(room));
}

void mixString(Sha1Digest& digest, const Entry& entry, const EncodingRules&) {
  mixBytes(digest, StringView(entry).view());
}

void mixList(Sha1Digest& digest, const Entry& entry, const EncodingRules& rules) {
  const ListValue list(valueOf(entry), rules);
  list.forRange(0, list.size(), false,
                [&](const Element& element) { mixElement(digest, element); });
}

void addSet(Sha1Digest& digest, const Entry& entry, const EncodingRules& rules) {
  SetValue(valueOf(entry), rules).forEach([&](const Element& member) {
    ElementText room;
    addBytes(digest, member.text(room));
  });
}

void addHash(Sha1Digest& digest, const Entry& entry, const EncodingRules& rules) {
  HashValue(valueOf(entry), rules).forEach([&](const Element& field, const Element& value) {
    Sha1Digest pair{};
    mixElement(pair, field);
    mixElement(pair, value);
    addBytes(digest, bytesOf(pair));
  });
}

void addSortedSet(Sha1Digest& digest, const Entry& entry, const EncodingRules& rules) {
  SortedSetValue(valueOf(entry), rules).forEach([&](const Element& member, double score) {
    Sha1Digest pair{};
    mixElement(pair, member);
    ScoreText room;
    mixBytes(pair, fullScoreText(score, room));
    addBytes(digest, bytesOf(pair));
  });
}

// What this layer has to know of a type.
struct DigestRow {
  ValueType type;
  uint32_t number;  // that Redis has for it
  void (*add)(Sha1Digest&, const Entry&, const EncodingRules&);

  constexpr bool isComplete() const { return add != nullptr; }
};

constexpr TypeTable<DigestRow> kDigestRows = {{
    {ValueType::kString, 0, mixString},
    {ValueType::kList, 1, mixList},
    {ValueType::kSet, 2, addSet},
    {ValueType::kZset, 3, addSortedSet},
    {ValueType::kHash, 4, addHash},
}};
static_assert(isComplete(kDigestRows), "every type has its row, in the order of ValueType");

void mixValue(Sha1Digest& digest, const Entry& entry, const EncodingRules& rules) {
  const DigestRow& row = kDigestRows[indexOf(entry.type())];
  mixNumber(digest, row.number);
  row.add(digest, entry, rules);
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

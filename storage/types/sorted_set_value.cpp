#include "storage/types/sorted_set_value.h"

#include <algorithm>
#include <memory>

namespace inkstone {
namespace {

// Giving many pages back takes as long as giving back a piece each of so many bytes.
constexpr size_t kBytesPerPiece = 1024;

Value asValue(Encoding encoding, void* object) {
  return {ValueType::kZset, encoding, object};
}

const SortedSetTree& treeOf(const Value& value) {
  return *static_cast<const SortedSetTree*>(value.object);
}

}  // namespace

Value SortedSetValue::create(const EncodingRules& rules, size_t size_hint, size_t longest) {
  if (size_hint <= rules.zset_max_listpack_entries && longest <= rules.zset_max_listpack_value) {
    return asValue(Encoding::kListpack, Listpack::create().bytes());
  }
  return asValue(Encoding::kTree, new SortedSetTree(*rules.hasher));
}

size_t SortedSetValue::size() const {
  return sorted_set_values::size(value());
}

bool SortedSetValue::score(std::string_view member, double& score) const {
  if (isTree()) {
    const SortedSetMember* const found = tree().find(member);
    if (found == nullptr) return false;
    score = found->score();
    return true;
  }
  const SortedSetListpack entries = listpack();
  const auto at = entries.find(member);
  if (at == nullptr) return false;
  score = entries.score(at);
  return true;
}

void SortedSetValue::expect(size_t members) {
  if (!isTree() && members > rules_.zset_max_listpack_entries) convertToTree(size() + members);
}

SortedSetValue::Change SortedSetValue::set(std::string_view member, double score) {
  return isTree() ? tree().set(member, score) : setInListpack(member, score);
}

bool SortedSetValue::fitsListpack(size_t members, size_t longest) const {
  return members <= rules_.zset_max_listpack_entries && longest <= rules_.zset_max_listpack_value;
}

SortedSetValue::Change SortedSetValue::setInListpack(std::string_view member, double score) {
  SortedSetListpack entries = listpack();
  const auto at = entries.find(member);
  if (at != nullptr) {
    if (entries.score(at) == score) return Change::kSame;
    entries.erase(at, 1);
    entries.insert(member, score);
    keep(entries);
    return Change::kMoved;
  }
  if (!fitsListpack(entries.size() + 1, member.size()) || !entries.canAdd(member.size())) {
    convertToTree(entries.size() + 1);
    return tree().set(member, score);
  }
  entries.insert(member, score);
  keep(entries);
  return Change::kAdded;
}

void SortedSetValue::append(std::string_view member, double score) {
  if (!isTree()) {
    SortedSetListpack entries = listpack();
    if (fitsListpack(entries.size() + 1, member.size()) && entries.canAdd(member.size())) {
      entries.append(member, score);
      return keep(entries);
    }
    convertToTree(entries.size() + 1);
  }
  tree().append(member, score);
}

void SortedSetValue::convertToTree(size_t expected) {
  auto fresh = std::make_unique<SortedSetTree>(*rules_.hasher);
  fresh->reserve(expected);
  forRange({0, size()}, false, [&](const Element& member, double score) {
    ElementText room;
    fresh->append(member.text(room), score);
  });
  sorted_set_values::destroy(value());
  put(Encoding::kTree, fresh.release());
}

bool SortedSetValue::erase(std::string_view member) {
  if (isTree()) return tree().erase(member);
  SortedSetListpack entries = listpack();
  const auto at = entries.find(member);
  if (at == nullptr) return false;
  entries.erase(at, 1);
  keep(entries);
  return true;
}

void SortedSetValue::compact() {
  if (!isTree() || size() > rules_.zset_max_listpack_entries) return;
  size_t longest = 0;
  size_t total = 0;
  forEach([&](const Element& member, double) {
    longest = std::max(longest, member.bytes().size());
    total += member.bytes().size();
  });
  if (!fitsListpack(size(), longest) || total > Listpack::kBytesMax / 2) return;
  SortedSetListpack entries(Listpack::create().bytes());
  forRange({0, size()}, false,
           [&](const Element& member, double score) { entries.append(member.bytes(), score); });
  sorted_set_values::destroy(value());
  keep(entries);
}

bool SortedSetValue::rank(std::string_view member, size_t& rank, double& score) const {
  if (isTree()) {
    const SortedSetMember* const found = tree().find(member);
    if (found == nullptr) return false;
    rank = tree().rankOf(found);
    score = found->score();
    return true;
  }
  const SortedSetListpack entries = listpack();
  const auto at = entries.find(member);
  if (at == nullptr) return false;
  rank = entries.rankOf(at);
  score = entries.score(at);
  return true;
}

RankRange SortedSetValue::ranksWithin(const ScoreRange& range) const {
  return isTree() ? tree().ranksWithin(range) : listpack().ranksWithin(range);
}

RankRange SortedSetValue::ranksWithin(const LexRange& range) const {
  return isTree() ? tree().ranksWithin(range) : listpack().ranksWithin(range);
}

void SortedSetValue::eraseRange(RankRange range) {
  if (range.size() == 0) return;
  if (isTree()) return tree().eraseRange(range);
  SortedSetListpack entries = listpack();
  entries.erase(entries.at(range.first), range.size());
  keep(entries);
}

namespace sorted_set_values {

size_t size(const Value& value) {
  if (value.encoding == Encoding::kTree) return treeOf(value).size();
  return SortedSetListpack(value.object).size();
}

size_t bytes(const Value& value) {
  if (value.encoding == Encoding::kTree) return treeOf(value).memoryBytes();
  return Listpack(value.object).memoryBytes();
}

size_t freeEffort(const Value& value) {
  if (value.encoding == Encoding::kTree) return treeOf(value).pieces();
  return 1 + bytes(value) / kBytesPerPiece;
}

Value copy(const Value& value, const EncodingRules& rules) {
  if (value.encoding == Encoding::kListpack) {
    return asValue(Encoding::kListpack, Listpack::copy(Listpack(value.object)).bytes());
  }
  const SortedSetTree& source = treeOf(value);
  auto fresh = std::make_unique<SortedSetTree>(*rules.hasher);
  fresh->reserve(source.size());
  source.forRange({0, source.size()}, [&](const SortedSetMember* member, double score) {
    fresh->append(member->key(), score);
  });
  return asValue(Encoding::kTree, fresh.release());
}

void destroy(const Value& value) {
  if (value.encoding == Encoding::kTree) {
    delete static_cast<SortedSetTree*>(value.object);
  } else {
    Listpack::destroy(static_cast<uint8_t*>(value.object));
  }
}

}  // namespace sorted_set_values
}  // namespace inkstone

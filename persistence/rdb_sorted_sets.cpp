#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "persistence/rdb_packed.h"
#include "persistence/rdb_types.h"
#include "storage/types/listpack.h"
#include "storage/types/score_text.h"
#include "storage/types/sorted_set_tree.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone::rdb_sorted_sets {
namespace {

constexpr size_t kLongestUnknown = 0;

// A sorted set that is being read; gone unless it is taken.
class Reading {
 public:
  Reading(RdbReadContext& context, size_t count, size_t longest)
      : context_(context),
        zset_(SortedSetValue::create(context.rules, count, longest), context.rules) {}
  ~Reading() {
    if (!taken_) destroyValue(zset_.value());
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  bool add(std::string_view member, double score) {
    return zset_.set(member, score) == SortedSetValue::Change::kAdded ||
           context_.input.fail("a member twice in a sorted set");
  }
  Value take() {
    taken_ = true;
    return zset_.value();
  }

 private:
  RdbReadContext& context_;
  SortedSetValue zset_;
  bool taken_ = false;
};

bool readScoreText(RdbInput& input, double& score) {
  uint8_t length;
  if (!input.readByte(length)) return false;
  switch (length) {
    case kRdbScoreNan:
      score = std::numeric_limits<double>::quiet_NaN();
      return true;
    case kRdbScoreInfinity:
      score = std::numeric_limits<double>::infinity();
      return true;
    case kRdbScoreMinusInfinity:
      score = -std::numeric_limits<double>::infinity();
      return true;
    default:
      break;
  }
  std::string_view text;
  if (!input.readView(length, text)) return false;
  score = scoreFromText(text);
  return true;
}

// `binary`: scores are doubles, else texts.
bool readScore(RdbInput& input, bool binary, double& score) {
  const bool read = binary ? input.readFixed(score) : readScoreText(input, score);
  if (!read) return false;
  return !std::isnan(score) || input.fail("a score that is not a number");
}

bool readFewMembers(RdbReadContext& context, bool binary, size_t count, Value& value) {
  Reading zset(context, count, kLongestUnknown);
  for (size_t i = 0; i < count; ++i) {
    std::string_view member;
    if (!context.input.readString(member)) return false;
    // Reading the score may move what the member lies in.
    context.text.assign(member);
    double score;
    if (!readScore(context.input, binary, score) || !zset.add(context.text, score)) return false;
  }
  value = zset.take();
  return true;
}

// Many members: all of them are read before the first is inserted. Files have them in descending
// order, and from its end on a tree grows without searching or moving anything.
class ManyMembers {
 public:
  bool read(RdbReadContext& context, bool binary, size_t count) {
    // A binary score takes 8 bytes of the file, so even a count that lies costs little.
    if (binary) rows_.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      std::string_view member;
      if (!context.input.readString(member)) return false;
      Row row = {bytes_.size(), member.size(), 0};
      bytes_.append(member);
      if (!readScore(context.input, binary, row.score)) return false;
      rows_.push_back(row);
    }
    return true;
  }
  bool areDescending() const {
    for (size_t i = 1; i < rows_.size(); ++i) {
      const Row& before = rows_[i - 1];
      const bool descends = before.score != rows_[i].score ? before.score > rows_[i].score
                                                           : textOf(before) > textOf(rows_[i]);
      if (!descends) return false;
    }
    return true;
  }
  // False if a member is there twice.
  bool appendTo(SortedSetTree& tree) const {
    const auto& table = tree.members();
    for (size_t i = rows_.size(); i-- > 0;) {
      if (i >= kAhead) table.nodes().prefetchBucket(table.hashOf(textOf(rows_[i - kAhead])));
      const std::string_view member = textOf(rows_[i]);
      if (tree.find(member) != nullptr) return false;
      tree.append(member, rows_[i].score);
    }
    return true;
  }
  // The same in any order.
  bool insertInto(SortedSetTree& tree) const {
    for (const Row& row : rows_) {
      if (tree.set(textOf(row), row.score) != SortedSetTree::Change::kAdded) return false;
    }
    return true;
  }

 private:
  struct Row {
    size_t begin;
    size_t length;
    double score;
  };
  static constexpr size_t kAhead = 16;

  std::string_view textOf(const Row& row) const { return {bytes_.data() + row.begin, row.length}; }

  std::vector<Row> rows_;
  std::string bytes_;
};

bool readManyMembers(RdbReadContext& context, bool binary, size_t count, Value& value) {
  ManyMembers members;
  if (!members.read(context, binary, count)) return false;
  auto tree = std::make_unique<SortedSetTree>(*context.rules.hasher);
  tree->reserve(count);
  if (!(members.areDescending() ? members.appendTo(*tree) : members.insertInto(*tree))) {
    return context.input.fail("a member twice in a sorted set");
  }
  value = {ValueType::kZset, Encoding::kTree, tree.release()};
  return true;
}

bool readMembers(RdbReadContext& context, bool binary, Value& value) {
  const size_t score_bytes_min = binary ? sizeof(double) : 1;
  uint64_t count;
  if (!context.input.readCount(1 + score_bytes_min, count)) return false;
  const auto members = static_cast<size_t>(count);
  return count <= context.rules.zset_max_listpack_entries
             ? readFewMembers(context, binary, members, value)
             : readManyMembers(context, binary, members, value);
}

double scoreOf(const Element& element) {
  return element.isInteger() ? static_cast<double>(element.integer())
                             : scoreFromText(element.bytes());
}

// Members and scores by turns, in order: what is packed was in use that way.
bool checkPairs(RdbReadContext& context) {
  const auto& elements = context.elements;
  if (elements.empty()) return context.input.fail("an empty value");
  if (elements.size() % 2 != 0) return context.input.fail("a member without a score");
  double previous = -std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < elements.size(); i += 2) {
    const double score = scoreOf(elements[i + 1]);
    if (std::isnan(score)) return context.input.fail("a score that is not a number");
    bool ordered = score > previous || i == 0;
    if (!ordered && score == previous) {
      ElementText before;
      ElementText text;
      ordered = elements[i - 2].text(before) < elements[i].text(text);
    }
    if (!ordered) return context.input.fail("members of a sorted set out of order");
    previous = score;
  }
  return true;
}

size_t longestMember(const std::vector<Element>& elements) {
  size_t longest = 0;
  for (size_t i = 0; i < elements.size(); i += 2) {
    longest = std::max(longest, elements[i].textLength());
  }
  return longest;
}

bool addElements(RdbReadContext& context, Value& value) {
  const auto& elements = context.elements;
  Reading zset(context, elements.size() / 2, longestMember(elements));
  for (size_t i = 0; i < elements.size(); i += 2) {
    ElementText room;
    if (!zset.add(elements[i].text(room), scoreOf(elements[i + 1]))) return false;
  }
  value = zset.take();
  return true;
}

bool readListpack(RdbReadContext& context, Value& value) {
  std::string_view bytes;
  auto& elements = context.elements;
  if (!context.input.readString(bytes)) return false;
  if (!unpackListpack(bytes, elements)) return context.input.fail("a damaged listpack");
  if (!checkPairs(context)) return false;
  const bool fits = elements.size() / 2 <= context.rules.zset_max_listpack_entries &&
                    longestMember(elements) <= context.rules.zset_max_listpack_value;
  if (!fits || !areCanonical(elements)) return addElements(context, value);
  if (context.duplicates.among(elements, 2, *context.rules.hasher)) {
    return context.input.fail("a member twice in a sorted set");
  }
  const Listpack members(const_cast<char*>(bytes.data()));
  value = {ValueType::kZset, Encoding::kListpack, Listpack::copy(members).bytes()};
  return true;
}

bool readZiplist(RdbReadContext& context, Value& value) {
  std::string_view bytes;
  if (!context.input.readString(bytes)) return false;
  if (!unpackZiplist(bytes, context.elements)) return context.input.fail("a damaged ziplist");
  return checkPairs(context) && addElements(context, value);
}

}  // namespace

RdbType typeOf(Encoding encoding, uint32_t) {
  return encoding == Encoding::kListpack ? RdbType::kZsetListpack : RdbType::kZset2;
}

void write(const Value& value, const EncodingRules& rules, RdbWriter& out) {
  if (value.encoding == Encoding::kListpack) {
    const std::span<const uint8_t> bytes = Listpack(value.object).view();
    return out.putString({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  const SortedSetValue zset(value, rules);
  out.putLength(zset.size());
  // The highest first, as Redis does: its skip list is built fastest from its end.
  zset.forRange({0, zset.size()}, true, [&](const Element& member, double score) {
    if (member.isInteger()) {
      out.putInteger(member.integer());
    } else {
      out.putString(member.bytes());
    }
    out.putFixed(score);
  });
}

bool read(RdbType type, RdbReadContext& context, Value& value) {
  switch (type) {
    case RdbType::kZsetListpack:
      return readListpack(context, value);
    case RdbType::kZsetZiplist:
      return readZiplist(context, value);
    default:
      return readMembers(context, type == RdbType::kZset2, value);
  }
}

}  // namespace inkstone::rdb_sorted_sets

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "persistence/rdb/rdb_packed.h"
#include "persistence/rdb/rdb_types.h"
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

bool comesBefore(const SortedSetMember* a, const SortedSetMember* b) {
  return a->score() != b->score() ? a->score() < b->score() : a->key() < b->key();
}

// Many members: they are put in order when all of them are there. Files have them in descending
// order, so that nothing has to be searched or moved.
class ManyMembers {
 public:
  ManyMembers(RdbReadContext& context, bool binary, size_t count)
      : context_(context),
        binary_(binary),
        left_(count),
        tree_(std::make_unique<SortedSetTree>(*context.rules.hasher)) {
    // A binary score takes 8 bytes of the file, so even a count that lies costs little.
    if (!binary) return;
    tree_->reserve(count);
    members_.reserve(count);
  }

  bool read() {
    while (left_ > 0) {
      if (!readSome() || !addSome()) return false;
    }
    return true;
  }
  Value finish() {
    if (descending_) {
      std::reverse(members_.begin(), members_.end());
    } else if (!ascending_) {
      std::sort(members_.begin(), members_.end(), comesBefore);
    }
    tree_->putInOrder(members_);
    return {ValueType::kZset, Encoding::kTree, tree_.release()};
  }

 private:
  // So many come into the cache at once.
  static constexpr size_t kAtOnce = 16;
  struct Waiting {
    uint64_t hash;
    size_t length;
    double score;
  };

  bool readSome() {
    context_.text.clear();
    for (some_ = 0; some_ < kAtOnce && left_ > 0; ++some_, --left_) {
      std::string_view member;
      if (!context_.input.readString(member)) return false;
      Waiting& waiting = waiting_[some_];
      waiting.hash = tree_->members().hashOf(member);
      waiting.length = member.size();
      tree_->members().nodes().prefetchBucket(waiting.hash);
      // Reading the score may move what the member lies in.
      context_.text.append(member);
      if (!readScore(context_.input, binary_, waiting.score)) return false;
    }
    return true;
  }

  bool addSome() {
    const char* at = context_.text.data();
    for (size_t i = 0; i < some_; ++i) {
      const Waiting& waiting = waiting_[i];
      SortedSetMember* const added =
          tree_->addUnordered(waiting.hash, {at, waiting.length}, waiting.score);
      if (added == nullptr) return context_.input.fail("a member twice in a sorted set");
      at += waiting.length;
      if (!members_.empty()) {
        const bool descends = comesBefore(added, members_.back());
        descending_ = descending_ && descends;
        ascending_ = ascending_ && !descends;
      }
      members_.push_back(added);
    }
    return true;
  }

  RdbReadContext& context_;
  const bool binary_;
  size_t left_;
  std::unique_ptr<SortedSetTree> tree_;
  std::vector<SortedSetMember*> members_;
  bool descending_ = true;
  bool ascending_ = true;
  std::array<Waiting, kAtOnce> waiting_;
  size_t some_ = 0;
};

bool readManyMembers(RdbReadContext& context, bool binary, size_t count, Value& value) {
  ManyMembers members(context, binary, count);
  if (!members.read()) return false;
  value = members.finish();
  return true;
}

bool readMembers(RdbReadContext& context, bool binary, Value& value) {
  const size_t score_bytes_min = binary ? sizeof(double) : 1;
  uint64_t count;
  if (!context.input.readCount(1 + score_bytes_min, count)) return false;
  if (count == 0) return true;
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
  if (elements.empty()) return true;
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
  if (elements.empty()) return true;
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

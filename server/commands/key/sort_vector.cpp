#include "server/commands/key/sort_vector.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "server/commands/key/sort_pattern.h"
#include "server/data/data_set.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {
namespace {

// As strtod() reads: blanks in front, hexadecimal, an empty text as 0, up to the first zero byte.
bool slowNumberFrom(std::string_view text, double& number) {
  const std::string terminated(text);
  char* end;
  errno = 0;
  number = std::strtod(terminated.c_str(), &end);
  return *end == '\0' && errno != ERANGE && !std::isnan(number);
}

bool numberFrom(const Element& element, double& number) {
  if (element.isInteger()) {
    number = static_cast<double>(element.integer());
    return true;
  }
  const std::string_view text = element.bytes();
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stop == end && (std::isnormal(number) || number == 0)) return true;
  return slowNumberFrom(text, number);
}

int compareBytes(const Element& a, const Element& b) {
  ElementText room_a;
  ElementText room_b;
  return a.text(room_a).compare(b.text(room_b));
}

}  // namespace

std::string_view SortVector::keep(const Element& element) {
  return texts_.emplace_back(element.toString());
}

SortRange SortVector::wanted(size_t size) const {
  return options_.sorted ? SortRange{0, size} : sortRange(options_, size);
}

void SortVector::loadList(Entry& source) {
  list_.emplace(source, ctx_.encodingRules());
  const size_t size = list_->size();
  const SortRange part = wanted(size);
  if (part.count == 0) return;
  const bool backward = !options_.sorted && options_.descending;
  list_->forRange(backward ? size - 1 - part.first : part.first, part.count, backward,
                  [this](const Element& element) { add(element); });
}

void SortVector::loadSet(Entry& source) {
  const SetValue set(source, ctx_.encodingRules());
  const SortRange part = wanted(set.size());
  if (part.count == 0) return;
  size_t index = 0;
  set.forEachWhile([&](const Element& member) {
    if (index >= part.first) add(member);
    return ++index < part.first + part.count;
  });
}

void SortVector::loadSortedSet(Entry& source) {
  const SortedSetValue set(source, ctx_.encodingRules());
  const auto take = [this](const Element& member, double) { add(member); };
  if (options_.sorted) return set.forEach(take);
  const size_t size = set.size();
  const SortRange part = wanted(size);
  const size_t first = options_.descending ? size - part.first - part.count : part.first;
  set.forRange({first, first + part.count}, options_.descending, take);
}

void SortVector::load(Entry& source) {
  items_.reserve(wanted(valueSize(valueOf(source))).count);
  if (source.type() == ValueType::kList) {
    loadList(source);
  } else if (source.type() == ValueType::kSet) {
    loadSet(source);
  } else {
    loadSortedSet(source);
  }
}

bool SortVector::weigh() {
  std::optional<SortPattern> pattern;
  if (options_.by) pattern.emplace(*options_.by);
  for (Item& item : items_) {
    const std::optional<Element> weight =
        pattern ? pattern->find(ctx_, item.element) : item.element;
    // What the pattern does not lead to counts as 0, or before every text.
    if (!weight) continue;
    if (options_.alpha) {
      item.text = keep(*weight);
    } else if (!numberFrom(*weight, item.number)) {
      return false;
    }
  }
  return true;
}

int SortVector::compareTexts(const Item& a, const Item& b) const {
  if (!a.text || !b.text)
    return static_cast<int>(a.text.has_value()) - static_cast<int>(b.text.has_value());
  // What is stored must not depend on the locale: a copy of the data may be read under another one.
  if (options_.store) return a.text->compare(*b.text);
  return ctx_.data().collation.compare(a.text->data(), b.text->data());
}

int SortVector::compare(const Item& a, const Item& b) const {
  if (options_.alpha) return compareTexts(a, b);
  if (a.number != b.number) return a.number < b.number ? -1 : 1;
  return compareBytes(a.element, b.element);
}

// What compares as equal stays in the order of a list. The order of the others differs from one
// start of the server to the next, but what SORT stored must be the same when the log is replayed.
bool SortVector::before(const Item& a, const Item& b) const {
  const int order = compare(a, b);
  if (order == 0) return list_ ? a.position < b.position : compareBytes(a.element, b.element) < 0;
  return options_.descending ? order > 0 : order < 0;
}

void SortVector::sort() {
  const SortRange range = sortRange(options_, items_.size());
  const auto first = items_.begin() + static_cast<std::ptrdiff_t>(range.first);
  const auto end = first + static_cast<std::ptrdiff_t>(range.count);
  const auto less = [this](const Item& a, const Item& b) { return before(a, b); };
  // A heap of the first ones pays while they are few.
  constexpr size_t kPartialShare = 8;
  if ((range.first + range.count) * kPartialShare < items_.size()) {
    std::partial_sort(items_.begin(), end, items_.end(), less);
  } else {
    std::sort(items_.begin(), items_.end(), less);
  }
  items_.erase(end, items_.end());
  items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(range.first));
}

}  // namespace inkstone

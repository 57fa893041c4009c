#include "storage/types/list_value.h"

#include <algorithm>

#include "storage/types/node_limit.h"

namespace inkstone {
namespace {

const Quicklist& nodesOf(const Value& value) {
  return *static_cast<const Quicklist*>(value.object);
}

}  // namespace

Value ListValue::create() {
  return {ValueType::kList, Encoding::kListpack, Listpack::create().bytes()};
}

size_t ListValue::size() const {
  return isListpack() ? pack().size() : nodes().size();
}

void ListValue::keep(Listpack pack) {
  if (pack.bytes() != object()) put(Encoding::kListpack, pack.bytes());
}

void ListValue::expect(size_t count, size_t bytes) {
  if (!isListpack()) return;
  const NodeLimit limit(rules_.list_max_listpack_size, rules_.list_packed_threshold);
  if (limit.allows(pack().byteCount() + bytes, pack().size() + count)) return;
  put(Encoding::kQuicklist, new Quicklist(pack()));
}

void ListValue::tryReturn() {
  if (isListpack() || !nodes().mayBecomeListpack(rules_)) return;
  Quicklist* const nodes = &this->nodes();
  put(Encoding::kListpack, nodes->release().bytes());
  delete nodes;
}

void ListValue::pushFront(std::string_view text) {
  decompressed_.clear();
  if (!isListpack()) return nodes().pushFront(text, rules_);
  Listpack pack = this->pack();
  pack.prepend(text);
  keep(pack);
}

void ListValue::pushBack(std::string_view text) {
  decompressed_.clear();
  if (!isListpack()) return nodes().pushBack(text, rules_);
  Listpack pack = this->pack();
  pack.append(text);
  keep(pack);
}

Element ListValue::at(size_t index) const {
  Element found;
  forRange(index, 1, false, [&found](const Element& element) { found = element; });
  return found;
}

void ListValue::set(size_t index, std::string_view text) {
  decompressed_.clear();
  // One element more is counted here, as in Redis.
  expect(1, text.size());
  if (!isListpack()) {
    nodes().set(index, text, rules_);
    return tryReturn();
  }
  Listpack pack = this->pack();
  pack.replace(pack.at(static_cast<int64_t>(index)), text);
  keep(pack);
}

void ListValue::insert(size_t index, std::string_view text) {
  decompressed_.clear();
  expect(1, text.size());
  if (!isListpack()) return nodes().insert(index, text, rules_);
  Listpack pack = this->pack();
  pack.insertBefore(pack.at(static_cast<int64_t>(index)), text);
  keep(pack);
}

void ListValue::erase(size_t index, size_t count) {
  if (count == 0) return;
  decompressed_.clear();
  if (!isListpack()) {
    nodes().erase(index, count, rules_);
    return tryReturn();
  }
  Listpack pack = this->pack();
  pack.erase(pack.at(static_cast<int64_t>(index)), count);
  keep(pack);
}

size_t ListValue::eraseEqual(std::string_view text, size_t count, bool from_tail) {
  decompressed_.clear();
  if (!isListpack()) {
    const size_t erased = nodes().eraseEqual(text, count, from_tail, rules_);
    if (erased > 0) tryReturn();
    return erased;
  }
  Listpack pack = this->pack();
  const size_t wanted = count == 0 ? pack.size() : count;
  size_t erased = 0;
  if (from_tail) {
    for (auto at = pack.last(); at != nullptr && erased < wanted;) {
      if (Listpack::equals(at, text)) {
        const auto behind = pack.erase(at);
        at = behind == nullptr ? pack.last() : pack.previous(behind);
        ++erased;
      } else {
        at = pack.previous(at);
      }
    }
  } else {
    for (auto at = pack.first(); erased < wanted; ++erased) {
      at = pack.find(at, text);
      if (at == nullptr) break;
      at = pack.erase(at);
    }
  }
  keep(pack);
  return erased;
}

namespace list_values {

size_t size(const Value& value) {
  return value.encoding == Encoding::kListpack ? Listpack(value.object).size()
                                               : nodesOf(value).size();
}

size_t bytes(const Value& value) {
  return value.encoding == Encoding::kListpack ? Listpack(value.object).memoryBytes()
                                               : nodesOf(value).memoryBytes();
}

size_t freeEffort(const Value& value) {
  return value.encoding == Encoding::kListpack ? 1 : nodesOf(value).nodeCount();
}

Value copy(const Value& value, const EncodingRules&) {
  void* const object = value.encoding == Encoding::kListpack
                           ? static_cast<void*>(Listpack::copy(Listpack(value.object)).bytes())
                           : nodesOf(value).copy().release();
  return {value.type, value.encoding, object};
}

void destroy(const Value& value) {
  if (value.encoding == Encoding::kListpack) {
    Listpack::destroy(static_cast<uint8_t*>(value.object));
  } else {
    delete static_cast<Quicklist*>(value.object);
  }
}

}  // namespace list_values
}  // namespace inkstone

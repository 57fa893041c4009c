#include "tests/unit/storage/types/list_world.h"

#include <algorithm>

#include "storage/memory_usage.h"

namespace inkstone::testing {
namespace {

std::string damageOfNode(const QuicklistNode& node, bool may_be_compressed) {
  if (node.isCompressed() && !may_be_compressed) return "compressed at an end";
  if (node.isPlain()) return node.count() == 1 ? "" : "a plain node of several elements";
  std::vector<uint8_t> bytes(node.byteCount());
  if (node.isCompressed()) {
    node.decompressTo(bytes.data());
  } else {
    std::copy_n(node.rawBytes(), bytes.size(), bytes.data());
  }
  if (!Listpack::isValid(bytes)) return "a node's bytes are invalid";
  if (Listpack(bytes.data()).size() != node.count()) return "a node's count is wrong";
  if (node.isInner() && !node.isCompressed()) {
    if (node.memoryBytes() != blockBytes(sizeof node) + blockBytes(node.byteCount())) {
      return "an inner node was not trimmed";
    }
  }
  return {};
}

}  // namespace

void ListWorld::push(const std::vector<std::string>& texts, bool front) {
  size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  change([&](ListValue& list) {
    list.expect(texts.size(), bytes);
    for (const std::string& text : texts) front ? list.pushFront(text) : list.pushBack(text);
  });
  for (const std::string& text : texts) {
    if (front) {
      model.push_front(text);
    } else {
      model.push_back(text);
    }
  }
}

void ListWorld::set(size_t index, const std::string& text) {
  change([&](ListValue& list) { list.set(index, text); });
  model[index] = text;
}

void ListWorld::insert(size_t index, const std::string& text) {
  change([&](ListValue& list) { list.insert(index, text); });
  model.insert(model.begin() + static_cast<std::ptrdiff_t>(index), text);
}

void ListWorld::erase(size_t index, size_t count) {
  change([&](ListValue& list) { list.erase(index, count); });
  const auto first = model.begin() + static_cast<std::ptrdiff_t>(index);
  model.erase(first, first + static_cast<std::ptrdiff_t>(count));
}

bool ListWorld::eraseEqual(const std::string& text, size_t count, bool from_tail) {
  size_t erased = 0;
  change([&](ListValue& list) { erased = list.eraseEqual(text, count, from_tail); });
  const size_t wanted = count == 0 ? model.size() : count;
  size_t expected = 0;
  if (from_tail) std::reverse(model.begin(), model.end());
  for (auto at = model.begin(); at != model.end() && expected < wanted;) {
    if (*at == text) {
      at = model.erase(at);
      ++expected;
    } else {
      ++at;
    }
  }
  if (from_tail) std::reverse(model.begin(), model.end());
  return erased == expected;
}

void ListWorld::becomeCopy() {
  const Value copy = list_values::copy(value_, rules);
  list_values::destroy(value_);
  value_ = copy;
}

std::string ListWorld::disagreement() const {
  const ListValue list(value_, rules);
  if (list.size() != model.size() || list_values::size(value_) != model.size()) {
    return "another number of elements";
  }
  std::string wrong;
  size_t index = 0;
  list.forRange(0, model.size(), false, [&](const Element& element) {
    if (element.toString() != model[index++]) wrong = "another element";
  });
  if (index != model.size()) wrong = "too few elements";
  const ListValue again(value_, rules);
  again.forRange(model.size() - 1, model.size(), true, [&](const Element& element) {
    if (element.toString() != model[--index]) wrong = "another element backwards";
  });
  return index == 0 ? wrong : "too few elements backwards";
}

std::string ListWorld::damage() const {
  if (value_.encoding == Encoding::kListpack) {
    return Listpack::isValid(Listpack(value_.object).view()) ? "" : "invalid bytes";
  }
  const auto& nodes = *static_cast<const Quicklist*>(value_.object);
  if (const BrokenClaim broken = nodes.checkStructure()) return std::string(broken->text());
  const auto depth = static_cast<size_t>(rules.list_compress_depth);
  size_t index = 0;
  for (const QuicklistNode* node = nodes.head(); node != nullptr; node = node->next, ++index) {
    const bool may_be_compressed = index >= depth && index + depth < nodes.nodeCount();
    const std::string wrong = damageOfNode(*node, may_be_compressed);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace inkstone::testing

#include <memory>
#include <span>

#include "persistence/rdb/rdb_packed.h"
#include "persistence/rdb/rdb_types.h"
#include "storage/types/list_value.h"
#include "storage/types/listpack.h"
#include "storage/types/node_limit.h"
#include "storage/types/quicklist.h"

namespace inkstone::rdb_lists {
namespace {

std::string_view asText(const uint8_t* bytes, size_t count) {
  return {reinterpret_cast<const char*>(bytes), count};
}

void writeNodes(const Quicklist& list, RdbWriter& out) {
  DecompressedNodes decompressed;
  out.putLength(list.nodeCount());
  for (const QuicklistNode* node = list.head(); node != nullptr; node = node->next) {
    out.putLength(node->isPlain() ? kRdbNodePlain : kRdbNodePacked);
    out.putString(asText(decompressed.bytesOf(*node), node->byteCount()));
    decompressed.clear();
  }
}

// A list that is being read; gone unless it is taken.
class Reading {
 public:
  explicit Reading(RdbReadContext& context) : list_(ListValue::create(), context.rules) {}
  ~Reading() {
    if (!taken_) destroyValue(list_.value());
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  void pushBack(std::string_view text) {
    list_.expect(1, text.size());
    list_.pushBack(text);
  }
  void pushBack(const std::vector<Element>& elements) {
    for (const Element& element : elements) {
      ElementText room;
      pushBack(element.text(room));
    }
  }
  Value take() {
    taken_ = true;
    return list_.value();
  }

 private:
  ListValue list_;
  bool taken_ = false;
};

bool readElements(RdbReadContext& context, Value& value) {
  uint64_t count;
  if (!context.input.readCount(1, count)) return false;
  if (count == 0) return true;
  Reading list(context);
  for (uint64_t i = 0; i < count; ++i) {
    std::string_view text;
    if (!context.input.readString(text)) return false;
    list.pushBack(text);
  }
  value = list.take();
  return true;
}

bool readZiplist(RdbReadContext& context) {
  std::string_view bytes;
  if (!context.input.readString(bytes)) return false;
  return unpackZiplist(bytes, context.elements) || context.input.fail("a damaged ziplist");
}

// Nodes without elements are left out.
bool readZiplists(RdbReadContext& context, uint64_t count, Value& value) {
  Reading list(context);
  bool empty = true;
  for (uint64_t i = 0; i < count; ++i) {
    if (!readZiplist(context)) return false;
    empty = empty && context.elements.empty();
    list.pushBack(context.elements);
  }
  if (!empty) value = list.take();
  return true;
}

// A packed node as a block of its own; null when the input failed, or the node has no elements.
uint8_t* readPacked(RdbReadContext& context) {
  std::string_view bytes;
  if (!context.input.readString(bytes)) return nullptr;
  if (!unpackListpack(bytes, context.elements)) {
    context.input.fail("a damaged listpack");
    return nullptr;
  }
  if (context.elements.empty()) return nullptr;
  if (areCanonical(context.elements)) {
    return Listpack::copy(Listpack(const_cast<char*>(bytes.data()))).bytes();
  }
  Listpack pack = Listpack::create();
  for (const Element& element : context.elements) {
    ElementText room;
    pack.append(element.text(room));
  }
  return pack.bytes();
}

bool readNode(RdbReadContext& context, Quicklist& list) {
  uint64_t container;
  if (!context.input.readLength(container)) return false;
  if (container == kRdbNodePacked) {
    uint8_t* const block = readPacked(context);
    if (block == nullptr) return !context.input.failed();
    list.appendNode(Listpack(block), context.rules);
    return true;
  }
  if (container != kRdbNodePlain) return context.input.fail("an unknown node of a list");
  std::string_view text;
  if (!context.input.readString(text)) return false;
  // It gets a node of its own only if it is large, so that damage cannot blow up small ones.
  list.pushBack(text, context.rules);
  return true;
}

bool readNodes(RdbReadContext& context, Value& value) {
  constexpr size_t kNodeBytesMin = 2;
  uint64_t count;
  if (!context.input.readCount(kNodeBytesMin, count)) return false;
  auto list = std::make_unique<Quicklist>();
  for (uint64_t i = 0; i < count; ++i) {
    if (!readNode(context, *list)) return false;
  }
  const QuicklistNode* const node = list->head();
  if (node == nullptr) return true;
  const NodeLimit limit(context.rules.list_max_listpack_size, context.rules.list_packed_threshold);
  if (list->nodeCount() == 1 && !node->isPlain() &&
      limit.allows(node->byteCount(), node->count())) {
    value = {ValueType::kList, Encoding::kListpack, list->release().bytes()};
  } else {
    value = {ValueType::kList, Encoding::kQuicklist, list.release()};
  }
  return true;
}

}  // namespace

RdbType typeOf(Encoding, uint32_t) {
  return RdbType::kListQuicklist2;
}

void write(const Value& value, const EncodingRules&, RdbWriter& out) {
  if (value.encoding == Encoding::kQuicklist) {
    return writeNodes(*static_cast<const Quicklist*>(value.object), out);
  }
  const std::span<const uint8_t> bytes = Listpack(value.object).view();
  out.putLength(1);
  out.putLength(kRdbNodePacked);
  out.putString(asText(bytes.data(), bytes.size()));
}

bool read(RdbType type, RdbReadContext& context, Value& value) {
  switch (type) {
    case RdbType::kListQuicklist2:
      return readNodes(context, value);
    case RdbType::kListQuicklist: {
      uint64_t count;
      return context.input.readCount(1, count) && readZiplists(context, count, value);
    }
    case RdbType::kListZiplist:
      return readZiplists(context, 1, value);
    default:
      return readElements(context, value);
  }
}

}  // namespace inkstone::rdb_lists

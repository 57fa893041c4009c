#include "storage/database.h"

#include <algorithm>
#include <utility>

#include "storage/string_value.h"

namespace inkstone {
namespace {

// A string that is changed in place doubles its buffer up to here, then grows by this much.
constexpr size_t kGrowthBytesMax = 1024 * 1024;

Encoding integerEncoding(int64_t value) {
  return value >= Entry::kSmallIntegerMin && value <= Entry::kSmallIntegerMax
             ? Encoding::kSmallInteger
             : Encoding::kInteger;
}

bool isInteger(Encoding encoding) {
  return encoding == Encoding::kSmallInteger || encoding == Encoding::kInteger;
}

bool inSlab(size_t bytes) {
  return bytes <= SlabAllocator::kSlotBytesMax;
}

// Tells whether an entry of one layout can become the other where it stands.
bool sameShape(const Entry::Layout& a, const Entry::Layout& b) {
  return a.type == b.type && a.encoding == b.encoding && a.has_deadline == b.has_deadline &&
         SlabAllocator::slotBytes(a.bytes()) == SlabAllocator::slotBytes(b.bytes()) &&
         inSlab(a.bytes());
}

}  // namespace

// How a string value will be kept.
struct Database::StringPlan {
  Encoding encoding;
  int64_t integer = 0;

  explicit StringPlan(std::string_view value) {
    if (integerFromText(value, integer)) {
      encoding = integerEncoding(integer);
    } else {
      encoding = textEncoding(value);
    }
  }
  static StringPlan asText(std::string_view value) { return StringPlan(textEncoding(value)); }

  Entry::Layout layout(std::string_view key, std::string_view value, bool has_deadline) const {
    return {ValueType::kString, encoding, has_deadline, key.size(),
            encoding == Encoding::kInline ? value.size() : 0};
  }

  void store(Entry* entry, std::string_view value) const {
    if (encoding == Encoding::kInline) {
      entry->setInlineString(value);
    } else if (isInteger(encoding)) {
      entry->setInteger(integer);
    } else {
      StringBuffer* buffer = StringBuffer::create(value.size(), value.size());
      std::memcpy(buffer->data(), value.data(), value.size());
      entry->setObject(buffer);
    }
  }

 private:
  explicit StringPlan(Encoding text) : encoding(text) {}
  static Encoding textEncoding(std::string_view value) {
    return value.size() <= Entry::kInlineStringMax ? Encoding::kInline : Encoding::kRaw;
  }
};

Database::Contents::~Contents() {
  table.forEach([](Entry* entry) {
    const size_t bytes = entry->bytesUsed();
    destroyContent(entry);
    // Slab memory goes with its pages.
    if (!inSlab(bytes)) ::operator delete(entry);
  });
}

Entry* Database::allocate(const Entry::Layout& layout, std::string_view key, uint32_t access) {
  Entry* entry = Entry::place(contents_->slab.allocate(layout.bytes()), layout, key, access);
  if (layout.has_deadline) ++contents_->volatile_count;
  return entry;
}

void Database::freeMemory(Entry* entry) {
  if (entry->hasDeadline()) {
    invariant(contents_->volatile_count > 0, "entries with a deadline are counted");
    --contents_->volatile_count;
  }
  contents_->slab.deallocate(entry, entry->bytesUsed());
}

void Database::destroyContent(Entry* entry) {
  if (hasObject(entry->encoding())) destroyValue(valueOf(*entry));
}

Entry* Database::putString(uint64_t hash, std::string_view key, Slot slot, std::string_view value,
                           const StringPlan& plan, const int64_t* deadline, uint32_t access) {
  const Entry::Layout layout = plan.layout(key, value, deadline != nullptr);
  Entry* old = slot ? slot.node() : nullptr;
  if (old != nullptr && plan.encoding != Encoding::kRaw && sameShape(old->layout(), layout)) {
    old->setAccess(access);
    if (deadline != nullptr) old->setDeadline(*deadline);
    plan.store(old, value);
    return old;
  }
  Entry* entry = allocate(layout, key, access);
  if (deadline != nullptr) entry->setDeadline(*deadline);
  plan.store(entry, value);
  if (old == nullptr) {
    table().insert(hash, entry);
  } else {
    slot.replace(entry);
    destroyEntry(old);
  }
  return entry;
}

Entry* Database::setString(uint64_t hash, std::string_view key, Slot slot, std::string_view value,
                           bool keep_deadline, uint32_t access) {
  const bool has_deadline = keep_deadline && slot && slot.node()->hasDeadline();
  const int64_t deadline = has_deadline ? slot.node()->deadline() : kNever;
  return putString(hash, key, slot, value, StringPlan(value), has_deadline ? &deadline : nullptr,
                   access);
}

Entry* Database::setStringUntil(uint64_t hash, std::string_view key, Slot slot,
                                std::string_view value, int64_t deadline, uint32_t access) {
  Entry* entry = putString(hash, key, slot, value, StringPlan(value), &deadline, access);
  table().noteDeadline(hash, deadline);
  return entry;
}

Entry* Database::setText(uint64_t hash, std::string_view key, Slot slot, std::string_view value,
                         uint32_t access) {
  const bool has_deadline = slot && slot.node()->hasDeadline();
  const int64_t deadline = has_deadline ? slot.node()->deadline() : kNever;
  return putString(hash, key, slot, value, StringPlan::asText(value),
                   has_deadline ? &deadline : nullptr, access);
}

Entry* Database::relayout(Slot slot, const Entry::Layout& layout) {
  Entry* old = slot.node();
  Entry* entry = allocate(layout, old->key(), old->access());
  if (layout.has_deadline && old->hasDeadline()) entry->setDeadline(old->deadline());
  slot.replace(entry);
  return entry;
}

Entry* Database::setInteger(Slot slot, int64_t value) {
  Entry* old = slot.node();
  const Encoding wanted = integerEncoding(value);
  const Encoding current = old->encoding();
  // An integer that once needed its word keeps it: a counter around the limit does not move each
  // time.
  if (current == Encoding::kInteger || current == wanted) {
    old->setInteger(value);
    return old;
  }
  Entry::Layout layout = old->layout();
  layout.encoding = wanted;
  layout.inline_length = 0;
  Entry* entry = relayout(slot, layout);
  entry->setInteger(value);
  destroyEntry(old);
  return entry;
}

Entry* Database::createInteger(uint64_t hash, std::string_view key, int64_t value,
                               uint32_t access) {
  Entry* entry =
      allocate({ValueType::kString, integerEncoding(value), false, key.size(), 0}, key, access);
  entry->setInteger(value);
  table().insert(hash, entry);
  return entry;
}

StringBuffer* Database::mutableString(Slot slot, size_t length) {
  Entry* old = slot.node();
  const StringView current(*old);
  const size_t old_length = current.view().size();
  const size_t new_length = std::max(length, old_length);
  StringBuffer* buffer = nullptr;
  if (old->encoding() == Encoding::kRaw) {
    buffer = static_cast<StringBuffer*>(old->object());
    if (buffer->capacity >= new_length) {
      std::memset(buffer->data() + old_length, 0, new_length - old_length);
      buffer->length = new_length;
      return buffer;
    }
  }
  const size_t spare = new_length > old_length ? std::min(new_length, kGrowthBytesMax) : 0;
  StringBuffer* grown = StringBuffer::create(new_length, new_length + spare);
  if (old_length > 0) std::memcpy(grown->data(), current.view().data(), old_length);
  std::memset(grown->data() + old_length, 0, new_length - old_length);
  if (buffer != nullptr) {
    StringBuffer::destroy(buffer);
    old->setObject(grown);
    return grown;
  }
  Entry::Layout layout = old->layout();
  layout.encoding = Encoding::kRaw;
  layout.inline_length = 0;
  relayout(slot, layout)->setObject(grown);
  freeMemory(old);
  return grown;
}

Entry* Database::insertValue(uint64_t hash, std::string_view key, const Value& value,
                             uint32_t access) {
  debugInvariant([&] { return !find(hash, key); },
                 "a value is put under a key that does not exist");
  Entry* entry = allocate({value.type, value.encoding, false, key.size(), 0}, key, access);
  entry->setObject(value.object);
  table().insert(hash, entry);
  return entry;
}

Entry* Database::unlink(uint64_t hash, Slot slot) {
  Entry* entry = slot.node();
  table().erase(hash, slot);
  return entry;
}

void Database::destroyEntry(Entry* entry) {
  destroyContent(entry);
  freeMemory(entry);
}

Value Database::takeValue(Entry* entry) {
  const Value value = valueOf(*entry);
  freeMemory(entry);
  return value;
}

Entry* Database::moveTo(Slot slot, bool has_deadline) {
  Entry* old = slot.node();
  Entry::Layout layout = old->layout();
  layout.has_deadline = has_deadline;
  Entry* entry = relayout(slot, layout);
  moveContent(*old, entry);
  freeMemory(old);
  return entry;
}

void Database::moveContent(const Entry& from, Entry* to) {
  if (isInteger(from.encoding())) {
    to->setInteger(from.integer());
  } else if (from.encoding() == Encoding::kInline) {
    to->setInlineString(from.inlineString());
  } else {
    to->setObject(from.object());
  }
}

void Database::copyContent(const Entry& from, Entry* to) const {
  if (!hasObject(from.encoding())) return moveContent(from, to);
  const Value copy = copyValue(valueOf(from), *rules_);
  to->setObject(copy.encoding, copy.object);
}

Entry* Database::setDeadline(uint64_t hash, Slot slot, int64_t deadline) {
  Entry* entry = slot.node()->hasDeadline() ? slot.node() : moveTo(slot, true);
  entry->setDeadline(deadline);
  table().noteDeadline(hash, deadline);
  return entry;
}

bool Database::removeDeadline(Slot slot) {
  if (!slot.node()->hasDeadline()) return false;
  moveTo(slot, false);
  return true;
}

Entry* Database::insertLike(uint64_t hash, std::string_view key, const Entry& source,
                            uint32_t access) {
  Entry::Layout layout = source.layout();
  layout.key_length = key.size();
  debugInvariant([&] { return !find(hash, key); },
                 "a value is put under a key that does not exist");
  Entry* entry = allocate(layout, key, access);
  table().insert(hash, entry);
  if (layout.has_deadline) {
    entry->setDeadline(source.deadline());
    table().noteDeadline(hash, source.deadline());
  }
  return entry;
}

Entry* Database::adopt(uint64_t hash, std::string_view key, Database& from, Entry* entry) {
  Entry* adopted = insertLike(hash, key, *entry, entry->access());
  moveContent(*entry, adopted);
  from.freeMemory(entry);
  return adopted;
}

Entry* Database::insertCopy(uint64_t hash, std::string_view key, const Entry& source,
                            uint32_t access) {
  Entry* entry = insertLike(hash, key, source, access);
  copyContent(source, entry);
  return entry;
}

size_t Database::entryBytes(const Entry& entry) {
  const size_t own = SlabAllocator::slotBytes(entry.bytesUsed());
  return hasObject(entry.encoding()) ? own + valueBytes(valueOf(entry)) : own;
}

BrokenClaim Database::checkStructure() const {
  if (const BrokenClaim broken = table().checkStructure()) return broken;
  if (const BrokenClaim broken = contents_->slab.checkStructure()) return broken;
  size_t with_deadline = 0;
  size_t slab_bytes = 0;
  table().forEach([&](const Entry* entry) {
    if (entry->hasDeadline()) ++with_deadline;
    const size_t bytes = SlabAllocator::slotBytes(entry->bytesUsed());
    if (inSlab(bytes)) slab_bytes += bytes;
  });
  if (with_deadline != volatileCount()) return Claim("entries with a deadline are counted");
  if (slab_bytes != contents_->slab.usedBytes()) return Claim("every slot in use holds an entry");
  return {};
}

std::unique_ptr<Database::Contents> Database::takeContents() {
  auto taken = std::make_unique<Contents>(*rules_->hasher);
  taken->table.allowResize(table().resizeAllowed());
  taken.swap(contents_);
  return taken;
}

}  // namespace inkstone

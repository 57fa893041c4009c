// The common part of ListValue, SetValue, HashValue and SortedSetValue: where the value stands.
#pragma once

#include "storage/entry.h"
#include "storage/types/encoding_rules.h"
#include "storage/value.h"

namespace inkstone {

// Works on the value of an entry, or on one that has no key yet. A change of encoding or of the
// object's place is written back at once, so handles are cheap and short-lived: made for a command,
// they must not outlive a change of the entry by others. A value may become empty here; deleting
// the key is up to the caller.
class ValueHandle {
 public:
  ValueHandle(const ValueHandle&) = delete;
  ValueHandle& operator=(const ValueHandle&) = delete;

  Encoding encoding() const { return encoding_; }
  // The value as it is now. It still belongs to the entry; one without entry belongs to whoever
  // asked.
  Value value() const { return {type_, encoding_, object_}; }

 protected:
  ValueHandle(Entry& entry, const EncodingRules& rules)
      : rules_(rules),
        entry_(&entry),
        type_(entry.type()),
        encoding_(entry.encoding()),
        object_(entry.object()) {}
  ValueHandle(const Value& value, const EncodingRules& rules)
      : rules_(rules), type_(value.type), encoding_(value.encoding), object_(value.object) {}
  ~ValueHandle() = default;

  void* object() const { return object_; }
  void put(Encoding encoding, void* object) {
    encoding_ = encoding;
    object_ = object;
    if (entry_ != nullptr) entry_->setObject(encoding, object);
  }

  const EncodingRules& rules_;

 private:
  Entry* entry_ = nullptr;
  ValueType type_;
  Encoding encoding_;
  void* object_;
};

}  // namespace inkstone

#include "storage/types/member_prefetch.h"

#include "base/invariant.h"
#include "storage/types/member_table.h"
#include "storage/types/sorted_set_tree.h"

namespace inkstone {

bool MemberPrefetch::helps(const Value& value) {
  return value.encoding == Encoding::kHashTable || value.encoding == Encoding::kTree;
}

template <class Use>
void MemberPrefetch::withTable(Use use) const {
  switch (value_.type) {
    case ValueType::kZset:
      return use(static_cast<const SortedSetTree*>(value_.object)->members().nodes());
    case ValueType::kHash:
      return use(static_cast<const FieldTable*>(value_.object)->nodes());
    case ValueType::kSet:
      return use(static_cast<const MemberSet*>(value_.object)->nodes());
    case ValueType::kString:
    case ValueType::kList:
      break;
  }
  invariant(false, "helps() was asked before members are prefetched", value_.type);
}

void MemberPrefetch::loadBucket(uint64_t hash) const {
  withTable([hash](const auto& nodes) { nodes.prefetchBucket(hash); });
}

void MemberPrefetch::loadNode(uint64_t hash) const {
  withTable([hash](const auto& nodes) { nodes.prefetchNode(hash); });
}

void MemberPrefetch::loadLeaf(uint64_t hash, std::string_view member) const {
  if (value_.encoding != Encoding::kTree) return;
  static_cast<const SortedSetTree*>(value_.object)->prefetchLeaf(hash, member);
}

}  // namespace inkstone

#include "storage/types/member_prefetch.h"

#include "storage/types/member_table.h"
#include "storage/types/sorted_set_tree.h"

namespace inkstone {

bool MemberPrefetch::helps(const Value& value) {
  return value.encoding == Encoding::kHashTable || value.encoding == Encoding::kTree;
}

template <class Use>
void MemberPrefetch::withTable(Use use) const {
  if (value_.encoding == Encoding::kTree) {
    use(static_cast<const SortedSetTree*>(value_.object)->members().nodes());
  } else if (value_.type == ValueType::kHash) {
    use(static_cast<const FieldTable*>(value_.object)->nodes());
  } else {
    use(static_cast<const MemberSet*>(value_.object)->nodes());
  }
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

#include "server/commands/key/sort_pattern.h"

#include "storage/string_value.h"
#include "storage/types/hash_value.h"

namespace inkstone {
namespace {

// Strings that stand in their entry as an integer have no bytes to point to.
Element stringElement(const Entry& entry) {
  const bool integer =
      entry.encoding() == Encoding::kInteger || entry.encoding() == Encoding::kSmallInteger;
  return integer ? Element(entry.integer()) : Element(StringView(entry).view());
}

}  // namespace

SortPattern::SortPattern(std::string_view text) : is_element_(text == "#") {
  // As in Redis a zero byte ends what is searched, but not what is found.
  const std::string_view searched = text.substr(0, text.find('\0'));
  const size_t star = searched.find('*');
  has_place_ = star != std::string_view::npos;
  if (!has_place_) return;
  before_ = text.substr(0, star);
  const size_t arrow = searched.find("->", star + 1);
  const bool has_field = arrow != std::string_view::npos && arrow + 2 < searched.size();
  behind_ = text.substr(star + 1, has_field ? arrow - star - 1 : std::string_view::npos);
  if (has_field) field_ = text.substr(arrow + 2);
}

std::optional<Element> SortPattern::find(CommandContext& ctx, const Element& element) {
  if (is_element_) return element;
  if (!has_place_) return {};
  ElementText room;
  name_.assign(before_).append(element.text(room)).append(behind_);
  const KeyRef key = ctx.lookupRead(name_);
  if (!key) return {};
  const Entry& entry = *key.entry();
  if (field_.empty()) {
    if (entry.type() != ValueType::kString) return {};
    return stringElement(entry);
  }
  Element value;
  if (entry.type() != ValueType::kHash) return {};
  if (!HashValue(*key.entry(), ctx.encodingRules()).find(field_, value)) return {};
  return value;
}

}  // namespace inkstone

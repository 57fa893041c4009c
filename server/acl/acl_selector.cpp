#include "server/acl/acl_selector.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/glob.h"

namespace inkstone {
namespace {

void addWord(std::string& text, std::string_view word) {
  if (!text.empty()) text += ' ';
  text += word;
}

}  // namespace

AclRuleError AclSelector::apply(const CommandTable& table, std::string_view rule) {
  const auto is = [rule](std::string_view word) { return equalsIgnoreCase(rule, word); };
  if (is("allkeys") || rule == "~*") {
    all_keys_ = true;
    keys_.clear();
  } else if (is("resetkeys")) {
    all_keys_ = false;
    keys_.clear();
  } else if (is("allchannels") || rule == "&*") {
    all_channels_ = true;
    channels_.clear();
  } else if (is("resetchannels")) {
    all_channels_ = false;
    channels_.clear();
  } else if (is("allcommands")) {
    commands_.allowAll();
  } else if (is("nocommands")) {
    commands_.denyAll();
  } else if (all_keys_ && (rule.starts_with('~') || rule.starts_with('%'))) {
    return AclRuleError::kKeysAreAll;
  } else if (rule.starts_with('~')) {
    return addKeys(rule.substr(1), kReadWrite);
  } else if (rule.starts_with('%')) {
    return addKeysByAccess(rule.substr(1));
  } else if (rule.starts_with('&')) {
    return addChannels(rule.substr(1));
  } else if (rule.starts_with('+') || rule.starts_with('-')) {
    return commands_.apply(table, rule);
  } else if (!rule.empty()) {
    return AclRuleError::kSyntax;
  }
  return AclRuleError::kNone;
}

AclRuleError AclSelector::addKeys(std::string_view pattern, uint8_t access) {
  if (!isAclWord(pattern)) return AclRuleError::kSyntax;
  const auto known = std::find_if(keys_.begin(), keys_.end(),
                                  [&](const KeyPattern& one) { return one.pattern == pattern; });
  if (known == keys_.end()) {
    keys_.push_back({std::string(pattern), access});
  } else {
    known->access |= access;
  }
  return AclRuleError::kNone;
}

// Adds "R~pattern", "W~pattern" or "RW~pattern". An empty pattern may be left out with its '~'.
AclRuleError AclSelector::addKeysByAccess(std::string_view rule) {
  const size_t tilde = std::min(rule.find('~'), rule.size());
  uint8_t access = 0;
  for (const char c : rule.substr(0, tilde)) {
    const char letter = toLower(c);
    const uint8_t added = letter == 'r' ? kRead : kWrite;
    if ((letter != 'r' && letter != 'w') || (access & added) != 0) return AclRuleError::kSyntax;
    access |= added;
  }
  if (access == 0) return AclRuleError::kSyntax;
  return addKeys(rule.substr(std::min(tilde + 1, rule.size())), access);
}

AclRuleError AclSelector::addChannels(std::string_view pattern) {
  if (all_channels_) return AclRuleError::kChannelsAreAll;
  if (!isAclWord(pattern)) return AclRuleError::kSyntax;
  if (std::find(channels_.begin(), channels_.end(), pattern) == channels_.end()) {
    channels_.emplace_back(pattern);
  }
  return AclRuleError::kNone;
}

AclDenial AclSelector::check(AclRequest& request) const {
  if (!commands_.allows(request.command(), request.args())) return {AclReason::kCommand, 0};
  if (!all_keys_) {
    for (const KeyPosition& key : request.keys()) {
      if (allowsKey(request.args()[key.argument], key.flags)) continue;
      return {AclReason::kKey, key.argument};
    }
  }
  if (!all_channels_) {
    for (size_t at = request.firstChannel(); at < request.endOfChannels(); ++at) {
      if (allowsChannel(request.args()[at], request.channelsArePatterns())) continue;
      return {AclReason::kChannel, at};
    }
  }
  return {};
}

// One pattern has to allow everything that is done with the key. Where the command only asks for
// presence or type, any pattern is enough.
bool AclSelector::allowsKey(std::string_view key, uint32_t key_flags) const {
  uint8_t needed = 0;
  if ((key_flags & kKeyAccess) != 0) needed |= kRead;
  if ((key_flags & (kKeyInsert | kKeyDelete | kKeyUpdate)) != 0) needed |= kWrite;
  return std::any_of(keys_.begin(), keys_.end(), [&](const KeyPattern& one) {
    return (one.access & needed) == needed && globMatch(one.pattern, key);
  });
}

bool AclSelector::allowsChannel(std::string_view name, bool is_pattern) const {
  return all_channels_ ||
         std::any_of(channels_.begin(), channels_.end(), [&](const std::string& pattern) {
           return is_pattern ? pattern == name : globMatch(pattern, name);
         });
}

bool AclSelector::readsAllKeys() const {
  return all_keys_ || std::any_of(keys_.begin(), keys_.end(), [](const KeyPattern& one) {
           return one.pattern == "*" && (one.access & kRead) != 0;
         });
}

std::string AclSelector::describeKeys() const {
  std::string text = all_keys_ ? "~*" : "";
  for (const KeyPattern& one : keys_) {
    const std::string_view sign =
        one.access == kReadWrite ? "~" : (one.access == kRead ? "%R~" : "%W~");
    addWord(text, fmt::format("{}{}", sign, one.pattern));
  }
  return text;
}

std::string AclSelector::describeChannels() const {
  std::string text = all_channels_ ? "&*" : "";
  for (const std::string& pattern : channels_) addWord(text, fmt::format("&{}", pattern));
  return text;
}

std::string AclSelector::describe() const {
  std::string text = describeKeys();
  if (!all_channels_) addWord(text, "resetchannels");
  const std::string channels = describeChannels();
  if (!channels.empty()) addWord(text, channels);
  addWord(text, describeCommands());
  return text;
}

}  // namespace inkstone

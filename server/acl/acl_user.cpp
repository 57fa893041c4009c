#include "server/acl/acl_user.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "server/acl/password_hash.h"

namespace inkstone {

AclUser::AclUser(std::string name, bool all_channels)
    : name_(std::move(name)), all_channels_(all_channels), selectors_{AclSelector(all_channels)} {}

AclUser AclUser::makeDefault(bool all_channels) {
  AclUser user(std::string(kDefaultName), all_channels);
  const CommandTable no_commands;
  for (const std::string_view rule : {"on", "nopass", "~*", "&*", "+@all"}) {
    static_cast<void>(user.apply(no_commands, rule));
  }
  return user;
}

AclRuleError AclUser::apply(const CommandTable& table, std::string_view rule) {
  const auto is = [rule](std::string_view word) { return equalsIgnoreCase(rule, word); };
  if (is("on") || is("off")) {
    enabled_ = is("on");
  } else if (is("nopass")) {
    needs_no_password_ = true;
    password_hashes_.clear();
  } else if (is("resetpass")) {
    needs_no_password_ = false;
    password_hashes_.clear();
  } else if (is("sanitize-payload") || is("skip-sanitize-payload")) {
    skips_payload_check_ = is("skip-sanitize-payload");
  } else if (is("reset")) {
    reset();
  } else if (is("clearselectors")) {
    selectors_.resize(1, AclSelector(all_channels_));
  } else if (!rule.empty() && std::string_view("><#!").find(rule[0]) != std::string_view::npos) {
    return applyPassword(rule);
  } else if (rule.starts_with('(') && rule.ends_with(')')) {
    return addSelector(table, rule.substr(1, rule.size() - 2));
  } else {
    return selectors_[0].apply(table, rule);
  }
  return AclRuleError::kNone;
}

AclRuleError AclUser::applyPassword(std::string_view rule) {
  const std::string_view secret = rule.substr(1);
  const bool is_hash = rule[0] == '#' || rule[0] == '!';
  if (is_hash && !isPasswordHash(secret)) return AclRuleError::kBadHash;
  std::string hash = is_hash ? std::string(secret) : hashPassword(secret);
  if (rule[0] == '<' || rule[0] == '!') return removeHash(hash);
  addHash(std::move(hash));
  return AclRuleError::kNone;
}

void AclUser::addHash(std::string hash) {
  needs_no_password_ = false;
  const auto known = std::find(password_hashes_.begin(), password_hashes_.end(), hash);
  if (known == password_hashes_.end()) password_hashes_.push_back(std::move(hash));
}

AclRuleError AclUser::removeHash(std::string_view hash) {
  const auto known = std::find(password_hashes_.begin(), password_hashes_.end(), hash);
  if (known == password_hashes_.end()) return AclRuleError::kNoSuchPassword;
  password_hashes_.erase(known);
  return AclRuleError::kNone;
}

AclRuleError AclUser::addSelector(const CommandTable& table, std::string_view rules) {
  AclSelector selector(all_channels_);
  for (const std::string& rule : splitAtSpaces(rules)) {
    // Written to a file it would close the selector.
    if (rule.ends_with(')')) return AclRuleError::kSyntax;
    const AclRuleError error = selector.apply(table, rule);
    if (error != AclRuleError::kNone) return error;
  }
  selectors_.push_back(std::move(selector));
  return AclRuleError::kNone;
}

void AclUser::reset() {
  AclUser fresh(std::move(name_), all_channels_);
  *this = std::move(fresh);
}

void AclUser::setOnlyPassword(std::string_view password) {
  password_hashes_.clear();
  needs_no_password_ = password.empty();
  if (!password.empty()) addHash(hashPassword(password));
}

bool AclUser::hasPassword(std::string_view password) const {
  const std::string hash = hashPassword(password);
  bool found = false;
  for (const std::string& known : password_hashes_) {
    const bool same = equalsInConstantTime(hash, known);
    found = found || same;
  }
  return found;
}

AclDenial AclUser::check(AclRequest& request) const {
  AclDenial nearest;
  for (const AclSelector& selector : selectors_) {
    const AclDenial denial = selector.check(request);
    if (!denial) return {};
    if (std::pair(denial.reason, denial.argument) > std::pair(nearest.reason, nearest.argument)) {
      nearest = denial;
    }
  }
  return nearest;
}

bool AclUser::isUnrestricted() const {
  return std::any_of(selectors_.begin(), selectors_.end(),
                     [](const AclSelector& selector) { return selector.isUnrestricted(); });
}

bool AclUser::mayReadAllKeys(AclRequest& request) const {
  return std::any_of(selectors_.begin(), selectors_.end(), [&](const AclSelector& selector) {
    return selector.readsAllKeys() && !selector.check(request);
  });
}

bool AclUser::allowsChannel(std::string_view name, bool is_pattern) const {
  return std::any_of(selectors_.begin(), selectors_.end(), [&](const AclSelector& selector) {
    return selector.allowsChannel(name, is_pattern);
  });
}

bool AclUser::hasFewerChannelsThan(const AclUser& before) const {
  const auto has_all = [](const AclUser& user) {
    return std::any_of(user.selectors_.begin(), user.selectors_.end(),
                       [](const AclSelector& selector) { return selector.allowsAllChannels(); });
  };
  if (has_all(*this)) return false;
  if (has_all(before)) return true;
  return std::any_of(
      before.selectors_.begin(), before.selectors_.end(), [this](const AclSelector& selector) {
        const auto patterns = selector.channelPatterns();
        return !std::all_of(patterns.begin(), patterns.end(), [this](const std::string& pattern) {
          return allowsChannel(pattern, true);
        });
      });
}

std::vector<std::string> AclUser::allowedToCome(const CommandTable& table) const {
  std::vector<std::string> missing;
  for (const AclSelector& selector : selectors_) {
    for (std::string& one : selector.allowedToCome(table)) missing.push_back(std::move(one));
  }
  return missing;
}

std::vector<std::string_view> AclUser::flags() const {
  std::vector<std::string_view> flags = {enabled_ ? "on" : "off"};
  if (needs_no_password_) flags.emplace_back("nopass");
  flags.emplace_back(skips_payload_check_ ? "skip-sanitize-payload" : "sanitize-payload");
  return flags;
}

std::string AclUser::describe() const {
  std::string text;
  for (const std::string_view flag : flags()) text += fmt::format("{} ", flag);
  for (const std::string& hash : password_hashes_) text += fmt::format("#{} ", hash);
  text += selectors_[0].describe();
  for (const AclSelector& selector : std::span(selectors_).subspan(1)) {
    text += fmt::format(" ({})", selector.describe());
  }
  return text;
}

std::optional<std::vector<std::string>> joinSelectors(std::span<const std::string_view> words,
                                                      std::string& unmatched) {
  std::vector<std::string> joined;
  bool open = false;
  for (const std::string_view word : words) {
    if (open) {
      joined.back() += ' ';
      joined.back() += word;
      open = !word.ends_with(')');
      continue;
    }
    joined.emplace_back(word);
    if (!word.starts_with('(') || word.ends_with(')')) continue;
    open = true;
    unmatched = word;
  }
  if (open) return std::nullopt;
  return joined;
}

}  // namespace inkstone

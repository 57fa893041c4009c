#include "server/acl/access_control.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "config/file_replacer.h"
#include "server/clients/client_description.h"
#include "server/clients/client_registry.h"
#include "server/clients/pubsub.h"
#include "server/command_table/command_table.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

bool hearsOnlyWhatItMay(const Client& client, const AclUser& user) {
  for (const ChannelKind kind :
       {ChannelKind::kChannel, ChannelKind::kPattern, ChannelKind::kShard}) {
    for (const std::string& name : PubSub::namesOf(client, kind)) {
      if (!user.allowsChannel(name, kind == ChannelKind::kPattern)) return false;
    }
  }
  return true;
}

}  // namespace

AccessControl::AccessControl(Runtime& runtime, const CommandTable& commands,
                             ClientRegistry& registry)
    : runtime_(runtime), commands_(commands), registry_(registry) {
  auto user = std::make_unique<AclUser>(AclUser::makeDefault(readRules().all_channels));
  if (!runtime.settings.requirepass.empty()) user->setOnlyPassword(runtime.settings.requirepass);
  default_user_ = users_.emplace(AclUser::kDefaultName, std::move(user)).first->second.get();
}

AclReadRules AccessControl::readRules() const {
  return {commands_, runtime_.settings.acl_pubsub_default == AclPubsubDefault::kAllChannels};
}

std::string AccessControl::loadAtStart() {
  const ConfigValues& settings = runtime_.settings;
  if (settings.aclfile.empty()) {
    for (const std::string& line : settings.users) {
      const std::string error = parseUserLine(line, readRules(), users_);
      if (!error.empty()) return error + "\nCritical error while loading ACLs. Exiting.";
    }
    default_user_ = users_.find(AclUser::kDefaultName)->second.get();
    for (const auto& [name, user] : users_) warnOfMissing(*user);
    return {};
  }
  if (!settings.users.empty()) {
    return std::string(kUsersInTwoPlaces);
  }
  if (const auto error = loadFile(nullptr)) {
    return "Aborting startup because of ACL errors: " + *error;
  }
  return {};
}

void AccessControl::warnOfMissing(const AclUser& user) const {
  const std::vector<std::string> missing = user.allowedToCome(commands_);
  if (missing.empty()) return;
  runtime_.logger.warning(
      "ACL: user '{}' is allowed {}, which this server does not have yet; the rules are kept",
      user.name(), fmt::join(missing, ", "));
}

const AclUser* AccessControl::find(std::string_view name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : found->second.get();
}

const AclUser& AccessControl::userOf(const Client& client) const {
  return client.acl_user != nullptr ? *client.acl_user : *default_user_;
}

bool AccessControl::isAuthenticated(const Client& client) const {
  return client.authenticated || !requiresAuth();
}

void AccessControl::setUnrestricted(Client& client) const {
  client.stranger = !isAuthenticated(client);
  client.unrestricted = !client.stranger && userOf(client).isUnrestricted();
  client.noteSpecial(Client::kRestricted, !client.unrestricted);
}

void AccessControl::usersChanged() const {
  registry_.forEach([this](Client& client) { setUnrestricted(client); });
}

void AccessControl::assume(Client& client, const AclUser& user) const {
  client.acl_user = &user;
  client.acl_user_name = &user.name();
  setUnrestricted(client);
}

void AccessControl::welcome(Client& client) const {
  client.authenticated = !requiresAuth();
  assume(client, *default_user_);
}

bool AccessControl::login(Client& client, std::string_view user, std::string_view password,
                          std::string_view word) {
  const AclUser* const found = find(user);
  // Passwords are compared for users that do not exist as well, so that the time tells nobody which
  // names exist.
  const bool right = (found != nullptr ? *found : *default_user_).hasPassword(password);
  if (found == nullptr || !found->enabled() || !(right || found->needsNoPassword())) {
    note(client, AclReason::kAuth, word, user);
    return false;
  }
  client.authenticated = true;
  assume(client, *found);
  return true;
}

AclDenial AccessControl::check(const Client& client, const Command& command, Args args) {
  const AclUser& user = userOf(client);
  AclRequest request(command, args);
  const AclDenial denial = user.check(request);
  if (denial) {
    note(client, denial.reason,
         denial.reason == AclReason::kCommand ? std::string_view(command.fullName())
                                              : args[denial.argument],
         user.name());
  }
  return denial;
}

bool AccessControl::mayReadAllKeys(const Client& client, const Command& command, Args args) const {
  if (client.unrestricted || !mayBeRefused(client.origin)) return true;
  AclRequest request(command, args);
  return userOf(client).mayReadAllKeys(request);
}

void AccessControl::note(const Client& client, AclReason reason, std::string_view object,
                         std::string_view user) {
  ServerStats& stats = runtime_.stats;
  switch (reason) {
    case AclReason::kNone:
      return;
    case AclReason::kCommand:
      ++stats.denied_commands;
      break;
    case AclReason::kKey:
      ++stats.denied_keys;
      break;
    case AclReason::kAuth:
      ++stats.auth_failures;
      break;
    case AclReason::kChannel:
      ++stats.denied_channels;
      break;
  }
  AclLogEntry entry;
  entry.reason = reason;
  entry.context = client.transaction != nullptr ? AclContext::kMulti : AclContext::kToplevel;
  entry.object = object.substr(0, AclLog::kTextMax);
  entry.user = user.substr(0, AclLog::kTextMax);
  entry.client = describeClient(client, runtime_.clock.monotonicMs(), 0);
  entry.created_ms = runtime_.clock.unixMs();
  log_.add(std::move(entry), static_cast<size_t>(runtime_.settings.acllog_max_len));
}

std::optional<std::string> AccessControl::setUser(std::string_view name,
                                                  std::span<const std::string_view> rules,
                                                  Client* by) {
  std::string unmatched;
  const auto joined = joinSelectors(rules, unmatched);
  if (!joined) {
    return fmt::format("Unmatched parenthesis in acl selector starting at '{}'.", unmatched);
  }
  const AclReadRules read_rules = readRules();
  const auto found = users_.find(name);
  AclUser changed =
      found != users_.end() ? *found->second : AclUser(std::string(name), read_rules.all_channels);
  changed.setChannelDefault(read_rules.all_channels);
  for (const std::string& rule : *joined) {
    const AclRuleError error = changed.apply(read_rules.table, rule);
    if (error == AclRuleError::kNone) continue;
    return fmt::format("Error in ACL SETUSER modifier '{}': {}", rule, aclRuleErrorText(error));
  }
  warnOfMissing(changed);
  if (found == users_.end()) {
    users_.emplace(name, std::make_unique<AclUser>(std::move(changed)));
    return std::nullopt;
  }
  AclUser& user = *found->second;
  const bool fewer_channels = changed.hasFewerChannelsThan(user);
  user = std::move(changed);
  usersChanged();
  if (fewer_channels) disconnectListenersOf(user, by);
  return std::nullopt;
}

bool AccessControl::deleteUser(std::string_view name, Client* by) {
  const auto found = users_.find(name);
  if (found == users_.end()) return false;
  disconnectClientsOf(*found->second, by);
  users_.erase(found);
  return true;
}

void AccessControl::setDefaultPassword(std::string_view password) {
  default_user_->setOnlyPassword(password);
  usersChanged();
}

void AccessControl::disconnect(Client& client, Client* by) const {
  client.authenticated = false;
  assume(client, *default_user_);
  if (&client == by) {
    // The client still gets the reply to its command.
    client.close_after_reply = true;
  } else {
    registry_.scheduleClose(client);
  }
}

void AccessControl::disconnectClientsOf(const AclUser& user, Client* by) const {
  registry_.forEach([&](Client& client) {
    if (client.acl_user == &user) disconnect(client, by);
  });
}

void AccessControl::disconnectListenersOf(const AclUser& user, Client* by) const {
  registry_.forEach([&](Client& client) {
    if (client.acl_user == &user && !hearsOnlyWhatItMay(client, user)) disconnect(client, by);
  });
}

std::string AccessControl::readUsers(AclUsers& users) const {
  const std::string& path = runtime_.settings.aclfile;
  const std::string faults = readAclFile(path, path, readRules(), users);
  if (faults.empty() || faults.starts_with("Error loading ACLs")) return faults;
  return faults +
         "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";
}

std::optional<std::string> AccessControl::loadFile(Client* by) {
  AclUsers loaded;
  if (std::string error = readUsers(loaded); !error.empty()) return error;
  // The old users stay until no client points to them.
  const AclUsers before = std::exchange(users_, std::move(loaded));
  default_user_ = users_.find(AclUser::kDefaultName)->second.get();
  for (const auto& [name, user] : users_) warnOfMissing(*user);
  registry_.forEach([&](Client& client) {
    const AclUser* const now = find(client.userName());
    const AclUser* const old = client.acl_user;
    const bool is_default = client.userName() == AclUser::kDefaultName;
    const bool stays =
        now != nullptr && old != nullptr &&
        (is_default ? hearsOnlyWhatItMay(client, *now) : now->describe() == old->describe());
    if (stays) {
      assume(client, *now);
    } else {
      disconnect(client, by);
    }
  });
  return std::nullopt;
}

std::error_code AccessControl::saveFile() const {
  FileCalls calls;
  return FileReplacer(calls).replace(runtime_.settings.aclfile, writeAclFile(users_)).error;
}

bool AccessControl::isAsLoaded(const AclUser& user, const std::string& line) const {
  AclUsers loaded;
  return parseUserLine(line, readRules(), loaded).empty() && loaded.size() == 1 &&
         loaded.begin()->second->describe() == user.describe();
}

void AccessControl::updateConfig() const {
  const std::map<std::string, LoadedUser>& loaded = runtime_.config.loadedUsers();
  runtime_.config.update([&](ConfigValues& values) {
    values.users.clear();
    if (!values.aclfile.empty()) return;
    AclUser plain = AclUser::makeDefault(readRules().all_channels);
    if (!values.requirepass.empty()) plain.setOnlyPassword(values.requirepass);
    for (const auto& [name, user] : users_) {
      const auto line = loaded.find(name);
      if (line != loaded.end() && isAsLoaded(*user, line->second.text)) {
        values.users.push_back(line->second.text);
        continue;
      }
      const bool is_plain = user.get() == default_user_ && user->describe() == plain.describe();
      // An included file that declares the default user has to be outdone.
      if (!is_plain || runtime_.config.includesUser(name)) {
        values.users.push_back(writeUserLine(*user));
      }
    }
  });
}

}  // namespace inkstone

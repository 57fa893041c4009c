// Who may do what: the users, which of them each client is, and what was refused.
//
// A client of a user that may do everything pays nothing: Client::unrestricted says so, and is set
// anew for all clients whenever users change. For all others the executor asks check() about each
// command.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/acl/acl_file.h"
#include "server/acl/acl_log.h"
#include "server/acl/acl_request.h"
#include "server/acl/acl_user.h"

namespace inkstone {

class Client;
class ClientRegistry;
class CommandTable;
class Runtime;

class AccessControl {
 public:
  using Args = AclRequest::Args;

  // There is the default user, with `requirepass` as its password.
  // All must outlive this object.
  AccessControl(Runtime& runtime, const CommandTable& commands, ClientRegistry& registry);
  AccessControl(const AccessControl&) = delete;
  AccessControl& operator=(const AccessControl&) = delete;

  // Takes the users of the configuration file, or of aclfile. Returns why the server may not start,
  // or nothing.
  [[nodiscard]] std::string loadAtStart();

  const AclUsers& users() const { return users_; }
  // Null if there is none.
  const AclUser* find(std::string_view name) const;
  const AclUser& defaultUser() const { return *default_user_; }
  const AclUser& userOf(const Client& client) const;

  // A client that has not authenticated may do nothing.
  bool requiresAuth() const {
    return !default_user_->needsNoPassword() || !default_user_->enabled();
  }
  bool isAuthenticated(const Client& client) const;
  // The client is new, or as a new one (RESET).
  void welcome(Client& client) const;
  // From now on the client is this user, if the password is right and the user switched on; else it
  // stays who it is, and the attempt is noted. `word` is the command that asked.
  [[nodiscard]] bool login(Client& client, std::string_view user, std::string_view password,
                           std::string_view word);

  // Nothing if the client's user may run the command with these arguments. A denial is noted and
  // counted.
  AclDenial check(const Client& client, const Command& command, Args args);
  // SORT's BY and GET lead to keys that its arguments do not name.
  bool mayReadAllKeys(const Client& client, const Command& command, Args args) const;

  // Changes a user, or makes one. `by` is the client that asked for it: it is closed behind its
  // reply where others are closed at once. Returns the error without code, or nothing; on error
  // nothing is changed.
  std::optional<std::string> setUser(std::string_view name, std::span<const std::string_view> rules,
                                     Client* by);
  // False if there is none. Its clients are disconnected. Not for the default user.
  bool deleteUser(std::string_view name, Client* by);
  // CONFIG SET requirepass; empty: none.
  void setDefaultPassword(std::string_view password);

  // Takes the users of aclfile in place of all that are, or changes nothing and returns why.
  // Clients whose user is gone or was changed are disconnected; those of the default user stay.
  std::optional<std::string> loadFile(Client* by);
  std::error_code saveFile() const;
  // Makes the `user` lines of the configuration those of the users in force, for CONFIG REWRITE:
  // as they were loaded where nobody has changed the user since.
  // The default user has none as long as it is what requirepass makes it: such a line would undo a
  // password that comes from the environment or the command line.
  void updateConfig() const;

  AclLog& log() { return log_; }

 private:
  AclReadRules readRules() const;
  std::string readUsers(AclUsers& users) const;
  // The rules of a user count; what they allow that is not here is logged.
  void warnOfMissing(const AclUser& user) const;
  bool isAsLoaded(const AclUser& user, const std::string& line) const;
  void note(const Client& client, AclReason reason, std::string_view object, std::string_view user);
  void setUnrestricted(Client& client) const;
  void usersChanged() const;
  void assume(Client& client, const AclUser& user) const;
  void disconnect(Client& client, Client* by) const;
  void disconnectClientsOf(const AclUser& user, Client* by) const;
  // Those who listen to what they no longer may listen to.
  void disconnectListenersOf(const AclUser& user, Client* by) const;

  Runtime& runtime_;
  const CommandTable& commands_;
  ClientRegistry& registry_;
  AclUsers users_;
  // Among them, always.
  AclUser* default_user_;
  AclLog log_;
};

// "NOPERM User bob has no permissions to run the 'get' command": the reply to a denied command.
// Keys and channels are not named: they are noted in ACL LOG.
std::string aclDenialReply(const AclUser& user, const Command& command, const AclDenial& denial);
// The same in full, without code: what ACL DRYRUN tells.
std::string aclDenialText(const AclUser& user, const AclRequest& request, const AclDenial& denial);
// The reply to a command that was queued when it was still allowed.
std::string aclExecDenialReply(const AclDenial& denial);

}  // namespace inkstone

// Access control: the users, the user of each client, and the attempts that were refused.
//
// A client of a user without restrictions pays nothing: Client::unrestricted says so, and is set
// again for all clients whenever users change. For all other clients the executor asks check()
// about each command.
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

  // Reads the users of the configuration file, or of aclfile. Returns why the server may not start,
  // or nothing.
  [[nodiscard]] std::string loadAtStart();

  const AclUsers& users() const { return users_; }
  // The user of that name; null if there is none.
  const AclUser* find(std::string_view name) const;
  const AclUser& defaultUser() const { return *default_user_; }
  const AclUser& userOf(const Client& client) const;

  // A client that has not authenticated may do nothing.
  bool requiresAuth() const {
    return !default_user_->needsNoPassword() || !default_user_->enabled();
  }
  bool isAuthenticated(const Client& client) const;
  // Makes the client the default user, for a new client and after RESET.
  void welcome(Client& client) const;
  // Makes the client this user if the password is right and the user is on. Otherwise the client
  // keeps its user, and the attempt is noted. `word` is the command that asked.
  [[nodiscard]] bool login(Client& client, std::string_view user, std::string_view password,
                           std::string_view word);

  // Whether the client's user may run the command with these arguments; the result is empty if so.
  // A denial is noted and counted.
  AclDenial check(const Client& client, const Command& command, Args args);
  // Whether the user may read any key: BY and GET of SORT lead to keys that its arguments do not
  // name.
  bool mayReadAllKeys(const Client& client, const Command& command, Args args) const;

  // Changes a user, or creates one. `by` is the client that asked for it: where other clients are
  // closed at once, it is closed after its reply. Returns the error without code, or nothing; on
  // error nothing is changed.
  std::optional<std::string> setUser(std::string_view name, std::span<const std::string_view> rules,
                                     Client* by);
  // Deletes a user and disconnects its clients; false if there is none. Not for the default user.
  bool deleteUser(std::string_view name, Client* by);
  // CONFIG SET requirepass. An empty password asks for none.
  void setDefaultPassword(std::string_view password);

  // Replaces all users by those of aclfile, or changes nothing and returns why. Clients whose user
  // is gone or was changed are disconnected; those of the default user stay.
  std::optional<std::string> loadFile(Client* by);
  std::error_code saveFile() const;
  // For CONFIG REWRITE: sets the `user` lines of the configuration to the users in force. Where
  // nobody has changed a user since it was loaded, its line stays as it was. The default user has
  // no line as long as it is what requirepass makes it, because such a line would undo a password
  // that comes from the environment or the command line.
  void updateConfig() const;

  AclLog& log() { return log_; }

 private:
  AclReadRules readRules() const;
  std::string readUsers(AclUsers& users) const;
  // Writes a line to the server log about commands that the user may run and this server lacks.
  void warnOfMissing(const AclUser& user) const;
  bool isAsLoaded(const AclUser& user, const std::string& line) const;
  void note(const Client& client, AclReason reason, std::string_view object, std::string_view user);
  void setUnrestricted(Client& client) const;
  void usersChanged() const;
  void assume(Client& client, const AclUser& user) const;
  void disconnect(Client& client, Client* by) const;
  void disconnectClientsOf(const AclUser& user, Client* by) const;
  // Disconnects clients of the user that listen to channels which it may not use any more.
  void disconnectListenersOf(const AclUser& user, Client* by) const;

  Runtime& runtime_;
  const CommandTable& commands_;
  ClientRegistry& registry_;
  AclUsers users_;
  // One of `users_`; never null.
  AclUser* default_user_;
  AclLog log_;
};

// The reply to a denied command: "NOPERM User bob has no permissions to run the 'get' command".
// Keys and channels are not named; ACL LOG notes them.
std::string aclDenialReply(const AclUser& user, const Command& command, const AclDenial& denial);
// The denial in full, without code, as ACL DRYRUN shows it.
std::string aclDenialText(const AclUser& user, const AclRequest& request, const AclDenial& denial);
// The reply to a command that was queued when it was still allowed.
std::string aclExecDenialReply(const AclDenial& denial);

}  // namespace inkstone

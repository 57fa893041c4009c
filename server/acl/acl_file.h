// Users as text: lines "user <name> <rules>" of an ACL file, and "<name> <rules>" of configuration
// files.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "server/acl/acl_user.h"

namespace inkstone {

// The users by name, in the order of its bytes.
using AclUsers = std::map<std::string, std::unique_ptr<AclUser>, std::less<>>;

// The context that is needed to turn text into users.
struct AclReadRules {
  const CommandTable& table;
  // acl-pubsub-default
  bool all_channels;
};

// The reason why a server does not start with both `user` lines and an aclfile.
inline constexpr std::string_view kUsersInTwoPlaces =
    "Configuring Inkstone with users defined in redis.conf and at the same setting an ACL file "
    "path "
    "is invalid. This setup is very likely to lead to configuration errors and security holes, "
    "please define either an ACL file or declare users directly in your redis.conf, but not both.";

// Adds the users of a file's text: lines of words divided by single blanks; blank lines are
// allowed. Returns the errors, a sentence for each with `name` and line number, or nothing. On
// error `users` is half filled. If the text does not name the default user, it is that of a new
// server.
std::string parseAclFile(std::string_view text, const std::string& name, const AclReadRules& rules,
                         AclUsers& users);

// The user as a line of the file, which is also the form of ACL LIST.
std::string writeAclLine(const AclUser& user);
// The text that parseAclFile() reads back.
std::string writeAclFile(const AclUsers& users);

// Adds or replaces the user of one `user` line of a configuration file, without that word. Returns
// the error, or nothing.
std::string parseUserLine(std::string_view line, const AclReadRules& rules, AclUsers& users);
// Does the same for the words of the line.
std::string parseUserWords(std::span<const std::string> words, const AclReadRules& rules,
                           AclUsers& users);
// Reads the file `path` as parseAclFile() does; sentences call it `name`. Returns the errors, or
// nothing.
std::string readAclFile(const std::string& path, const std::string& name, const AclReadRules& rules,
                        AclUsers& users);

// The line that parseUserLine() reads back. Words are in quotes where the syntax of configuration
// files would split them.
std::string writeUserLine(const AclUser& user);

}  // namespace inkstone

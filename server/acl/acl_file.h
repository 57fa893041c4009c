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

// By name, in the order of its bytes.
using AclUsers = std::map<std::string, std::unique_ptr<AclUser>, std::less<>>;

// How text becomes users.
struct AclReadRules {
  const CommandTable& table;
  // acl-pubsub-default
  bool all_channels;
};

// Why no server starts with `user` lines and an aclfile.
inline constexpr std::string_view kUsersInTwoPlaces =
    "Configuring Inkstone with users defined in redis.conf and at the same setting an ACL file "
    "path "
    "is invalid. This setup is very likely to lead to configuration errors and security holes, "
    "please define either an ACL file or declare users directly in your redis.conf, but not both.";

// Adds the users of a file's text: lines of words divided by single blanks, blank lines aside.
// Returns what is wrong with it, a sentence a fault with `name` and line number, or nothing; on
// error `users` is half filled. A default user that the text does not name is the one of a new
// server.
std::string parseAclFile(std::string_view text, const std::string& name, const AclReadRules& rules,
                         AclUsers& users);

// A line of it, as ACL LIST has it, too.
std::string writeAclLine(const AclUser& user);
// The text that parseAclFile() reads back.
std::string writeAclFile(const AclUsers& users);

// Adds, or gives anew, the user of one `user` line of a configuration file, without that word.
// Returns what is wrong with it, or nothing.
std::string parseUserLine(std::string_view line, const AclReadRules& rules, AclUsers& users);
// The same from its words.
std::string parseUserWords(std::span<const std::string> words, const AclReadRules& rules,
                           AclUsers& users);
// Reads the file `path`, called `name` in sentences, as parseAclFile() does. Returns what is wrong
// with it, or nothing.
std::string readAclFile(const std::string& path, const std::string& name, const AclReadRules& rules,
                        AclUsers& users);

// The line that parseUserLine() reads back; words that the syntax of configuration files would take
// apart are in quotes.
std::string writeUserLine(const AclUser& user);

}  // namespace inkstone

#include "server/config_check.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "server/acl/acl_file.h"
#include "server/command_table/command_table.h"
#include "server/commands/families.h"

namespace inkstone {
namespace {

class CommandLineCheck {
 public:
  CommandLineCheck() { registerFamilies(commands_); }

  std::optional<std::string> check(const ConfigValues& values, std::span<const std::string> words) {
    const std::string& directive = words[0];
    if (directive == "rename-command") {
      const auto error = commands_.rename(words[1], words[2]);
      return error ? std::optional(*error) : std::nullopt;
    }
    if (directive == "user") return checkUser(values, words.subspan(1));
    if (directive == "aclfile") return checkAclFile(values, words[1]);
    return std::nullopt;
  }

 private:
  AclReadRules rules(const ConfigValues& values) const {
    return {commands_, values.acl_pubsub_default == AclPubsubDefault::kAllChannels};
  }

  std::optional<std::string> checkUser(const ConfigValues& values,
                                       std::span<const std::string> words) {
    AclUsers users;
    std::string error = parseUserWords(words, rules(values), users);
    if (error.empty()) return std::nullopt;
    return error;
  }

  std::optional<std::string> checkAclFile(const ConfigValues& values, const std::string& name) {
    // A later line of this directive is in force.
    if (name.empty() || name != values.aclfile) return std::nullopt;
    if (!values.users.empty()) return std::string(kUsersInTwoPlaces);
    AclUsers users;
    const std::filesystem::path path = std::filesystem::path(values.dir) / name;
    const std::string error = readAclFile(path.string(), name, rules(values), users);
    if (error.empty()) return std::nullopt;
    return "Aborting startup because of ACL errors: " + error;
  }

  CommandTable commands_;
};

}  // namespace

LineCheck checkOfCommandLines() {
  // Most configurations have no such line.
  auto lazy = std::make_shared<std::unique_ptr<CommandLineCheck>>();
  return [lazy](const ConfigValues& values, std::span<const std::string> words) {
    if (!*lazy) *lazy = std::make_unique<CommandLineCheck>();
    return (*lazy)->check(values, words);
  };
}

}  // namespace inkstone

#include "server/acl/acl_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "config/file_reader.h"

namespace inkstone {
namespace {

std::vector<std::string_view> viewsOf(std::span<const std::string> words) {
  return {words.begin(), words.end()};
}

// Reads the lines of one file and gathers their errors.
class FileReader {
 public:
  FileReader(const std::string& name, const AclReadRules& rules, AclUsers& users)
      : name_(name), rules_(rules), users_(users) {}

  void readLine(std::string_view line) {
    ++number_;
    line = trimBlanks(line);
    if (line.empty()) return;
    const std::vector<std::string> words = splitAtSpaces(line);
    if (words[0] != "user" || words.size() < 2) {
      return fault(" should start with user keyword followed by the username");
    }
    if (!isAclWord(words[1])) {
      return fault(fmt::format(": username '{}' contains invalid characters", words[1]));
    }
    if (users_.contains(words[1])) {
      faults_ += fmt::format("WARNING: Duplicate user '{}' found on line {}. ", words[1], number_);
      return;
    }
    auto user = std::make_unique<AclUser>(words[1], rules_.all_channels);
    const std::vector<std::string_view> views = viewsOf(words);
    applyRules(*user, std::span(views).subspan(2));
    users_.emplace(words[1], std::move(user));
  }

  std::string& faults() { return faults_; }

 private:
  void fault(std::string_view what) { faults_ += fmt::format("{}:{}{}. ", name_, number_, what); }

  // Every rule that names something unknown is reported; of other errors only the first.
  void applyRules(AclUser& user, std::span<const std::string_view> words) {
    std::string unmatched;
    const auto rules = joinSelectors(words, unmatched);
    if (!rules) {
      return fault(
          fmt::format(": Unmatched parenthesis in acl selector starting at '{}'", unmatched));
    }
    bool reported = false;
    for (const std::string& rule : *rules) {
      const AclRuleError error = user.apply(rules_.table, rule);
      if (error == AclRuleError::kNone) continue;
      if (error == AclRuleError::kUnknown) {
        fault(fmt::format(": Error in applying operation '{}': {}", rule, aclRuleErrorText(error)));
      } else if (!std::exchange(reported, true)) {
        fault(fmt::format(": {}", aclRuleErrorText(error)));
      }
    }
  }

  const std::string& name_;
  const AclReadRules& rules_;
  AclUsers& users_;
  size_t number_ = 0;
  std::string faults_;
};

}  // namespace

std::string parseAclFile(std::string_view text, const std::string& name, const AclReadRules& rules,
                         AclUsers& users) {
  FileReader reader(name, rules, users);
  for (const std::string_view line : linesOf(text)) reader.readLine(line);
  if (!users.contains(AclUser::kDefaultName)) {
    users.emplace(AclUser::kDefaultName,
                  std::make_unique<AclUser>(AclUser::makeDefault(rules.all_channels)));
  }
  return std::move(reader.faults());
}

std::string readAclFile(const std::string& path, const std::string& name, const AclReadRules& rules,
                        AclUsers& users) {
  std::string text;
  if (const auto error = readFile(path, text)) {
    return fmt::format("Error loading ACLs, opening file '{}': {}", name, error.message());
  }
  return parseAclFile(text, name, rules, users);
}

std::string writeAclLine(const AclUser& user) {
  return fmt::format("user {} {}", user.name(), user.describe());
}

std::string writeAclFile(const AclUsers& users) {
  std::string text;
  for (const auto& [name, user] : users) {
    text += writeAclLine(*user) + '\n';
  }
  return text;
}

std::string parseUserLine(std::string_view line, const AclReadRules& rules, AclUsers& users) {
  const auto words = splitArguments(line);
  if (!words || words->empty()) return "Unbalanced quotes in user declaration";
  return parseUserWords(*words, rules, users);
}

std::string parseUserWords(std::span<const std::string> words, const AclReadRules& rules,
                           AclUsers& users) {
  const std::string& name = words.front();
  if (!isAclWord(name)) return "Spaces not allowed in ACL usernames";
  const std::vector<std::string_view> rule_words = viewsOf(words);
  std::string unmatched;
  const auto joined = joinSelectors(std::span(rule_words).subspan(1), unmatched);
  if (!joined) {
    return fmt::format("Unmatched parenthesis in acl selector starting at '{}' for the user '{}'",
                       unmatched, name);
  }
  auto user = std::make_unique<AclUser>(name, rules.all_channels);
  for (const std::string& rule : *joined) {
    const AclRuleError error = user->apply(rules.table, rule);
    if (error == AclRuleError::kNone) continue;
    return fmt::format("Error loading ACL rule '{}' for the user named '{}': {}", rule, name,
                       aclRuleErrorText(error));
  }
  users.insert_or_assign(name, std::move(user));
  return {};
}

std::string writeUserLine(const AclUser& user) {
  std::string line;
  for (const std::string& word : splitAtSpaces(user.name() + " " + user.describe())) {
    const bool plain = std::all_of(word.begin(), word.end(), [](char c) {
      return c > ' ' && c < '\x7f' && c != '"' && c != '\'' && c != '\\';
    });
    if (!line.empty()) line += ' ';
    line += plain && !word.empty() ? word : quoteArgument(word);
  }
  return line;
}

}  // namespace inkstone

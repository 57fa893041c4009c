#include "server/acl/acl_user.h"

#include <catch2/catch.hpp>

#include "server/acl/password_hash.h"
#include "server/commands/families.h"

namespace inkstone::test {
namespace {

using Words = std::vector<std::string_view>;

class User {
 public:
  explicit User(const Words& rules = {}, bool all_channels = false) : user("bob", all_channels) {
    registerFamilies(table);
    for (const std::string_view rule : rules) REQUIRE(apply(rule) == AclRuleError::kNone);
  }

  AclRuleError apply(std::string_view rule) { return user.apply(table, rule); }
  AclDenial check(const Words& args) const {
    AclRequest request = requestOf(args);
    return user.check(request);
  }
  bool allows(const Words& args) const { return !check(args); }
  bool readsAllKeys(const Words& args) const {
    AclRequest request = requestOf(args);
    return user.mayReadAllKeys(request);
  }
  std::string text() const { return user.describe(); }

  CommandTable table;
  AclUser user;

 private:
  AclRequest requestOf(const Words& args) const {
    const Command* command = table.find(args[0]);
    REQUIRE(command != nullptr);
    if (!command->subcommands().empty()) command = command->findSubcommand(args[1]);
    REQUIRE(command != nullptr);
    return {*command, args};
  }
};

const std::string kHashOfA = hashPassword("a");

}  // namespace

TEST_CASE("a new user is off, has no password and may do nothing") {
  const User user;
  CHECK(user.text() == "off sanitize-payload resetchannels -@all");
  CHECK_FALSE(user.user.enabled());
  CHECK_FALSE(user.user.hasPassword(""));
  CHECK(user.check({"GET", "k"}) == AclDenial{AclReason::kCommand, 0});
}

TEST_CASE("the default user may do everything") {
  const AclUser user = AclUser::makeDefault(false);
  CHECK(user.describe() == "on nopass sanitize-payload ~* &* +@all");
  CHECK(user.isUnrestricted());
  CHECK(user.enabled());
  CHECK(user.needsNoPassword());
}

TEST_CASE("passwords are added, taken away and never shown") {
  User user({">a", ">b", ">a"});
  CHECK(user.user.passwordHashes().size() == 2);
  CHECK(user.user.hasPassword("a"));
  CHECK(user.user.hasPassword("b"));
  CHECK_FALSE(user.user.hasPassword("c"));
  CHECK(user.text().find(" #" + kHashOfA + " ") != std::string::npos);
  CHECK(user.apply("<c") == AclRuleError::kNoSuchPassword);
  CHECK(user.apply("<b") == AclRuleError::kNone);
  CHECK(user.apply("!" + kHashOfA) == AclRuleError::kNone);
  CHECK_FALSE(user.user.hasPassword("a"));
  CHECK(user.apply("#" + kHashOfA) == AclRuleError::kNone);
  CHECK(user.user.hasPassword("a"));
  CHECK(user.apply("#abc") == AclRuleError::kBadHash);
  CHECK(user.apply("nopass") == AclRuleError::kNone);
  CHECK(user.user.needsNoPassword());
  CHECK(user.user.passwordHashes().empty());
  CHECK(user.apply(">a") == AclRuleError::kNone);
  CHECK_FALSE(user.user.needsNoPassword());
  CHECK(user.apply("resetpass") == AclRuleError::kNone);
  CHECK(user.user.passwordHashes().empty());
  user.user.setOnlyPassword("x");
  CHECK(user.user.hasPassword("x"));
  user.user.setOnlyPassword("");
  CHECK(user.user.needsNoPassword());
}

TEST_CASE("keys are allowed by patterns, for reading, writing or both") {
  const User user({"+@all", "~a*", "%R~r*", "%W~w*"});
  CHECK(user.allows({"GET", "a1"}));
  CHECK(user.allows({"SET", "a1", "v"}));
  CHECK(user.allows({"GET", "r1"}));
  CHECK(user.check({"SET", "r1", "v"}) == AclDenial{AclReason::kKey, 1});
  CHECK(user.allows({"SET", "w1", "v"}));
  CHECK(user.check({"GET", "w1"}) == AclDenial{AclReason::kKey, 1});
  CHECK_FALSE(user.allows({"SET", "w1", "v", "GET"}));
  CHECK_FALSE(user.allows({"GETSET", "w1", "v"}));
  CHECK(user.allows({"COPY", "r1", "w1"}));
  CHECK(user.check({"COPY", "r1", "r2"}) == AclDenial{AclReason::kKey, 2});
  CHECK(user.check({"MSET", "a", "1", "b", "2"}) == AclDenial{AclReason::kKey, 3});
  // A command that reads nothing of the value needs a pattern for its key, but any kind of pattern.
  CHECK(user.allows({"TYPE", "w1"}));
  CHECK(user.allows({"EXISTS", "r1", "w1", "a1"}));
  CHECK_FALSE(user.allows({"EXISTS", "z"}));
  CHECK(user.allows({"PING"}));
  CHECK(user.check({"SORT", "r1", "STORE", "r2"}) == AclDenial{AclReason::kKey, 3});
  CHECK(user.allows({"SORT", "r1", "STORE", "w1"}));
}

TEST_CASE("rights for one pattern add up, those of two patterns do not") {
  CHECK(User({"+@all", "%R~a", "%W~a"}).allows({"GETSET", "a", "v"}));
  CHECK_FALSE(User({"+@all", "%R~a*", "%W~*a"}).allows({"GETSET", "aa", "v"}));
  CHECK(User({"+get", "%R~*"}).allows({"GET", ""}));
  CHECK(User({"%R~a", "%W~a"}).text() == "off sanitize-payload ~a resetchannels -@all");
}

TEST_CASE("key rules that cannot be are refused") {
  User user;
  for (const std::string_view rule : {"%", "%~x", "%RX~x", "%RR~x", "~a b", "~a\t", "%R~a b"}) {
    INFO(rule);
    CHECK(user.apply(rule) == AclRuleError::kSyntax);
  }
  CHECK(user.apply("%rw~x") == AclRuleError::kNone);
  CHECK(user.apply("%R") == AclRuleError::kNone);
  CHECK(user.text() == "off sanitize-payload ~x %R~ resetchannels -@all");
  CHECK(user.apply("allkeys") == AclRuleError::kNone);
  CHECK(user.apply("~x") == AclRuleError::kKeysAreAll);
  CHECK(user.apply("%R~x") == AclRuleError::kKeysAreAll);
  CHECK(user.apply("~*") == AclRuleError::kNone);
  CHECK(user.apply("resetkeys") == AclRuleError::kNone);
  CHECK(user.apply("~x") == AclRuleError::kNone);
}

TEST_CASE("channels are allowed by patterns, patterns of channels as they stand") {
  const User user({"+@all", "allkeys", "&a*", "&b"});
  CHECK(user.allows({"PUBLISH", "a1", "m"}));
  CHECK(user.check({"PUBLISH", "c", "m"}) == AclDenial{AclReason::kChannel, 1});
  CHECK(user.check({"SPUBLISH", "c", "m"}) == AclDenial{AclReason::kChannel, 1});
  CHECK(user.check({"SUBSCRIBE", "a1", "b", "c"}) == AclDenial{AclReason::kChannel, 3});
  CHECK(user.check({"SSUBSCRIBE", "c"}) == AclDenial{AclReason::kChannel, 1});
  CHECK(user.allows({"PSUBSCRIBE", "a*", "b"}));
  CHECK_FALSE(user.allows({"PSUBSCRIBE", "a1"}));
  CHECK(user.allows({"UNSUBSCRIBE", "c"}));
  CHECK(user.allows({"PUNSUBSCRIBE", "c"}));
  CHECK(User({"+@all", "&*"}).allows({"PSUBSCRIBE", "*"}));
  User all({"allchannels"});
  CHECK(all.apply("&x") == AclRuleError::kChannelsAreAll);
  CHECK(all.apply("&*") == AclRuleError::kNone);
  CHECK(all.apply("resetchannels") == AclRuleError::kNone);
  CHECK(all.apply("&a b") == AclRuleError::kSyntax);
}

TEST_CASE("a command is allowed when one set of rules allows all of it") {
  User user({"on", "+get", "~a", "(+set ~b)", "( +@read  %R~c &x )"});
  CHECK(user.allows({"GET", "a"}));
  CHECK_FALSE(user.allows({"SET", "a", "v"}));
  CHECK(user.allows({"SET", "b", "v"}));
  CHECK_FALSE(user.allows({"GET", "b"}));
  CHECK(user.allows({"GET", "c"}));
  CHECK_FALSE(user.allows({"MGET", "a", "c"}));
  CHECK(user.text() ==
        "on sanitize-payload ~a resetchannels -@all +get (~b resetchannels -@all +set) "
        "(%R~c resetchannels &x -@all +@read)");
  for (const std::string_view bad : {"(+nosuch)", "(on)", "((+get))", "(~a\tb)", "(~a))"}) {
    INFO(bad);
    CHECK(user.apply(bad) != AclRuleError::kNone);
  }
  CHECK(user.user.selectors().size() == 3);
  CHECK(user.apply("()") == AclRuleError::kNone);
  CHECK(user.user.selectors().size() == 4);
  CHECK(user.apply("clearselectors") == AclRuleError::kNone);
  CHECK(user.user.selectors().size() == 1);
  CHECK(user.allows({"GET", "a"}));
  CHECK_FALSE(user.allows({"SET", "b", "v"}));
}

TEST_CASE("of several denials the one that came nearest is told") {
  const User user({"+get", "~a", "(+set ~b)", "(+mget ~a)"});
  CHECK(user.check({"SET", "c", "v"}) == AclDenial{AclReason::kKey, 1});
  CHECK(user.check({"DEL", "c"}) == AclDenial{AclReason::kCommand, 0});
  CHECK(user.check({"MGET", "a", "c"}) == AclDenial{AclReason::kKey, 2});
  const User channels({"+@all", "~a", "(+@all &c)"});
  CHECK(channels.check({"PUBLISH", "d", "m"}) == AclDenial{AclReason::kChannel, 1});
}

TEST_CASE("reading any key takes a set of rules that also allows the command") {
  CHECK(User({"+sort", "~*"}).readsAllKeys({"SORT", "a"}));
  CHECK(User({"+sort", "%R~*"}).readsAllKeys({"SORT", "a"}));
  CHECK_FALSE(User({"+sort", "%W~*"}).readsAllKeys({"SORT", "a"}));
  CHECK_FALSE(User({"+sort", "~a"}).readsAllKeys({"SORT", "a"}));
  CHECK_FALSE(User({"+sort", "~a", "(%R~* +get)"}).readsAllKeys({"SORT", "a"}));
  CHECK(User({"+sort", "~a", "(%R~* +sort)"}).readsAllKeys({"SORT", "a"}));
}

TEST_CASE("who is unrestricted is allowed everything by one set of rules") {
  CHECK(User({"+@all", "~*", "&*"}).user.isUnrestricted());
  CHECK_FALSE(User({"+@all", "~*"}).user.isUnrestricted());
  CHECK_FALSE(User({"+@all", "&*", "(~* +@all)"}).user.isUnrestricted());
  CHECK(User({"(+@all ~* &*)"}).user.isUnrestricted());
  CHECK_FALSE(User({"+@all", "~*", "&*", "-get"}).user.isUnrestricted());
}

TEST_CASE("fewer channels are noticed by patterns, whichever set of rules has them") {
  const auto fewer = [](const Words& now, const Words& before) {
    return User(now).user.hasFewerChannelsThan(User(before).user);
  };
  CHECK(fewer({"&a"}, {"&*"}));
  CHECK(fewer({"&a"}, {"&a", "&b"}));
  CHECK(fewer({}, {"(&a)"}));
  CHECK_FALSE(fewer({"&*"}, {"&a"}));
  CHECK_FALSE(fewer({"(&*)"}, {"&*"}));
  CHECK_FALSE(fewer({"(&a)", "(&b)"}, {"&b", "&a"}));
  CHECK_FALSE(fewer({}, {}));
}

TEST_CASE("reset makes a user as new, with the name it had") {
  User user({"on", ">a", "~a", "&a", "+get", "(+set)", "skip-sanitize-payload"});
  CHECK(user.text().starts_with("on skip-sanitize-payload #"));
  CHECK(user.apply("RESET") == AclRuleError::kNone);
  CHECK(user.text() == "off sanitize-payload resetchannels -@all");
  CHECK(user.user.name() == "bob");
}

TEST_CASE("where all channels are the default, users and selectors begin with them") {
  User user({"(+get)"}, true);
  CHECK(user.text() == "off sanitize-payload &* -@all (&* -@all +get)");
  user.user.setChannelDefault(false);
  CHECK(user.apply("reset") == AclRuleError::kNone);
  CHECK(user.text() == "off sanitize-payload resetchannels -@all");
}

TEST_CASE("names have no blanks") {
  CHECK(isAclWord("bob"));
  CHECK(isAclWord(""));
  CHECK_FALSE(isAclWord("a b"));
  CHECK_FALSE(isAclWord("a\tb"));
  CHECK_FALSE(isAclWord(std::string_view("a\0b", 3)));
}

TEST_CASE("selectors that came as several words are joined") {
  const auto joined = [](const Words& words) {
    std::string unmatched;
    const auto rules = joinSelectors(words, unmatched);
    if (!rules) return std::vector<std::string>{"unmatched", unmatched};
    return *rules;
  };
  using Strings = std::vector<std::string>;
  CHECK(joined({"on", "(+get", "~a)", "+set"}) == Strings{"on", "(+get ~a)", "+set"});
  CHECK(joined({"(", "+get", ")"}) == Strings{"( +get )"});
  CHECK(joined({"(+get)", "()"}) == Strings{"(+get)", "()"});
  CHECK(joined({"(+get)", "(+set", "~a"}) == Strings{"unmatched", "(+set"});
  CHECK(joined({"("}) == Strings{"unmatched", "("});
  CHECK(joined({"(+get)x"}) == Strings{"unmatched", "(+get)x"});
  // This text is refused as a rule later.
  CHECK(joined({"(", "(+get)"}) == Strings{"( (+get)"});
  CHECK(User().apply("( (+get)") == AclRuleError::kSyntax);
  CHECK(joined({}).empty());
}

}  // namespace inkstone::test

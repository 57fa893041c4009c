#include "server/acl/acl_file.h"

#include <catch2/catch.hpp>
#include <iterator>

#include "config/file_reader.h"
#include "server/commands/families.h"
#include "tests/unit/seeded_random.h"

namespace inkstone::test {
namespace {

class Reader {
 public:
  Reader() { registerFamilies(table_); }

  // The errors in the text of a file.
  std::string file(std::string_view text) {
    users.clear();
    return parseAclFile(text, "u.acl", {table_, false}, users);
  }
  std::string line(std::string_view text) { return parseUserLine(text, {table_, false}, users); }
  std::string textOf(std::string_view name) const {
    const auto found = users.find(name);
    return found == users.end() ? "none" : found->second->describe();
  }

  AclUsers users;

 private:
  CommandTable table_;
};

}  // namespace

TEST_CASE("a file has a user a line; blank lines are none") {
  Reader reader;
  CHECK(reader.file("user bob on ~a +get\n\n  user eve   off (+set  ~b)  \r\nuser default off") ==
        "");
  CHECK(reader.users.size() == 3);
  CHECK(reader.textOf("bob") == "on sanitize-payload ~a resetchannels -@all +get");
  CHECK(reader.textOf("eve") ==
        "off sanitize-payload resetchannels -@all (~b resetchannels -@all +set)");
  CHECK(reader.textOf("default") == "off sanitize-payload resetchannels -@all");
}

TEST_CASE("a file without the default user gives the one of a new server") {
  Reader reader;
  CHECK(reader.file("") == "");
  CHECK(reader.textOf("default") == "on nopass sanitize-payload ~* &* +@all");
}

TEST_CASE("all that is wrong with a file is told, with its line") {
  Reader reader;
  CHECK(reader.file("user w on (+nosuch)\nuser z +nosuch -bad\n# c\nuser\n") ==
        "u.acl:1: Error in applying operation '(+nosuch)': Unknown command or category name in "
        "ACL. u.acl:2: Error in applying operation '+nosuch': Unknown command or category name in "
        "ACL. u.acl:2: Error in applying operation '-bad': Unknown command or category name in "
        "ACL. u.acl:3 should start with user keyword followed by the username. u.acl:4 should "
        "start with user keyword followed by the username. ");
  CHECK(reader.file("user x on\nuser x off\n") == "WARNING: Duplicate user 'x' found on line 2. ");
  CHECK(reader.file("user x #zz bad") ==
        "u.acl:1: The password hash must be exactly 64 characters and contain only lowercase "
        "hexadecimal characters. ");
  CHECK(reader.file("user a\tb on") == "u.acl:1: username 'a\tb' contains invalid characters. ");
  CHECK(reader.file("user x (+get") ==
        "u.acl:1: Unmatched parenthesis in acl selector starting at '(+get'. ");
}

TEST_CASE("what is written is read back as the same users") {
  Reader reader;
  REQUIRE(reader.file("user bob on >p ~a\"b %R~c' &x\\y +@all -@dangerous (+get %W~z\"y) ()\n"
                      "user default on nopass allkeys allchannels allcommands") == "");
  const std::string text = writeAclFile(reader.users);
  Reader again;
  REQUIRE(again.file(text) == "");
  CHECK(writeAclFile(again.users) == text);
  CHECK(again.textOf("bob") == reader.textOf("bob"));
}

TEST_CASE("a line of a configuration file knows quotes, and is written with them where needed") {
  Reader reader;
  REQUIRE(reader.line("bob on \">p w\" \"~a\\\"b\" '~c' &x\\y +get") == "");
  const std::string before = reader.textOf("bob");
  CHECK(before.find(" ~a\"b ~c resetchannels &x\\y -@all +get") != std::string::npos);
  CHECK(reader.users.at("bob")->hasPassword("p w"));
  const std::string line = writeUserLine(*reader.users.at("bob"));
  Reader again;
  REQUIRE(again.line(line) == "");
  CHECK(again.textOf("bob") == before);
}

TEST_CASE("a line that is wrong says why") {
  Reader reader;
  CHECK(reader.line("x +nosuch") ==
        "Error loading ACL rule '+nosuch' for the user named 'x': Unknown command or category name "
        "in ACL");
  CHECK(reader.line("\"a b\" on") == "Spaces not allowed in ACL usernames");
  CHECK(reader.line("x (+get") ==
        "Unmatched parenthesis in acl selector starting at '(+get' for the user 'x'");
  CHECK(reader.users.empty());
}

TEST_CASE("random text is refused, or written as it is read") {
  constexpr std::string_view kPieces[] = {"user ",
                                          "bob ",
                                          "on ",
                                          "(",
                                          ")",
                                          "+get ",
                                          "-@read ",
                                          "~a",
                                          "%R~",
                                          "%W~",
                                          "&x ",
                                          ">p ",
                                          "nopass ",
                                          "reset ",
                                          "+@all ",
                                          "+config|get ",
                                          "\"",
                                          "\\",
                                          "' ",
                                          "\n",
                                          " ",
                                          "\t",
                                          "#",
                                          "allkeys ",
                                          "clearselectors ",
                                          "resetchannels "};
  testing::SeededRandom random("ACL files");
  size_t accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = "user eve ";
    for (uint64_t left = random.below(12); left > 0; --left) {
      text += kPieces[random.below(std::size(kPieces))];
      if (random.below(20) == 0) text += random.bytes(random.below(4));
    }
    INFO("seed " << random.seed() << ": " << text);
    Reader reader;
    if (!reader.file(text).empty()) continue;
    ++accepted;
    const std::string written = writeAclFile(reader.users);
    Reader again;
    REQUIRE(again.file(written) == "");
    REQUIRE(writeAclFile(again.users) == written);
    for (const auto& [name, user] : reader.users) {
      REQUIRE(again.line(writeUserLine(*user)) == "");
      REQUIRE(again.textOf(name) == user->describe());
    }
  }
  CHECK(accepted > 100);
}

TEST_CASE("a file that is not there says so") {
  std::string text;
  CHECK(readFile("/nonexistent/users.acl", text) == std::errc::no_such_file_or_directory);
}

}  // namespace inkstone::test

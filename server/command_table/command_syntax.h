// The syntax of commands as COMMAND DOCS tells it: which arguments, in which order, which of them
// may be left out or repeated.
//
// One line of text in the command's row describes its arguments:
//   argument   = type ":" name { attribute } [ "(" argument { " " argument } ")" ]
//   type       = key | string | integer | double | pattern | unix-time | token | oneof | block
//   attribute  = "@" number    index of the key specification that finds this key
//              | "%" text      how it is displayed, when not by its name
//              | "=" text      the word in front of it; of a token the word itself
//              | "^" version   since
//              | "~" version   deprecated since
//              | "?"           may be left out
//              | "*"           may be repeated
//              | "+"           and the word in front of it with it
// A block is a sequence of arguments, a oneof a choice between them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace inkstone {

struct ArgumentSyntax {
  std::string_view type;  // as COMMAND DOCS names it: "pure-token" for token
  std::string_view name;
  std::string_view display;  // empty for oneof and block
  std::string_view token;
  std::string_view since;
  std::string_view deprecated_since;
  int key_spec = -1;
  bool optional = false;
  bool multiple = false;
  bool multiple_token = false;
  std::vector<ArgumentSyntax> children;
};

// Nothing when the text is not of the form above.
std::optional<std::vector<ArgumentSyntax>> parseSyntax(std::string_view text);

}  // namespace inkstone

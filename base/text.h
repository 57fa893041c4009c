// The lexical rules of configuration lines (words, quotes, escapes), and text for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inkstone {

// Splits a line into words at blanks. "..." may hold blanks and the escapes \n \r \t \b \a \xHH
// (any other escaped byte stands for itself), '...' takes all but \' verbatim; a closing quote must
// end its word. Nothing when quotes are unbalanced.
std::optional<std::vector<std::string>> splitArguments(std::string_view line);

// `text` in double quotes such that splitArguments() gives it back.
std::string quoteArgument(std::string_view text);

// The parts between single spaces, empty ones too; no part for empty text.
std::vector<std::string> splitAtSpaces(std::string_view text);

// The lines of a text, without their ends; the last one may lack its own.
std::vector<std::string_view> linesOf(std::string_view text);

// What can be printed of bytes that come from outside, so that they take one line of a message:
// ASCII from space to tilde as it is, every other byte as '?'.
std::string printableName(std::string_view bytes);
// The same with escapes, so that each byte can be told: \r \n \" \\ \xHH.
std::string printableBytes(std::string_view bytes);

// Without blanks (space, tab, CR, LF) at both ends.
std::string_view trimBlanks(std::string_view text);

}  // namespace inkstone

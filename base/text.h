// The lexical rules of configuration lines: words, quotes, escapes.
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

// Gives the text without the blanks (space, tab, CR, LF) at both its ends.
std::string_view trimBlanks(std::string_view text);

}  // namespace inkstone

// The parts of messages and notifications: RESP as text, which is sent to many clients as it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace inkstone {

// The head of an array ('*') or of a push ('>') with that number of elements.
void appendHead(std::string& text, char prefix, size_t elements);
void appendBulk(std::string& text, std::string_view bytes);

}  // namespace inkstone

// The parts that messages and notifications are put together from: RESP as text, to be sent to many
// clients as it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace inkstone {

// The head of something with so many elements: '*' an array, '>' a push.
void appendHead(std::string& text, char prefix, size_t elements);
void appendBulk(std::string& text, std::string_view bytes);

}  // namespace inkstone

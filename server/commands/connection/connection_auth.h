// Who a client is, and what it may be called.
#pragma once

#include <string_view>

namespace inkstone {

class CommandContext;

// Checks user and password and lets the client in; else replies WRONGPASS and returns false, with
// the failure counted and noted in ACL LOG.
[[nodiscard]] bool authenticate(CommandContext& context, std::string_view user,
                                std::string_view password);

// Printable ASCII without blanks, or empty: what CLIENT LIST can show in its fields.
bool isValidClientAttribute(std::string_view text);

// True when `name` may be a client's name; else replies so.
[[nodiscard]] bool expectClientName(CommandContext& context, std::string_view name);

void authCommand(CommandContext& context);
void helloCommand(CommandContext& context);

}  // namespace inkstone

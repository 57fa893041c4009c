// CLIENT TRACKING and what belongs to it.
#pragma once

namespace inkstone {

class CommandContext;

void clientTracking(CommandContext& context);
void clientCaching(CommandContext& context);
void clientGetRedir(CommandContext& context);
void clientTrackingInfo(CommandContext& context);

}  // namespace inkstone

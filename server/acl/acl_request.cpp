#include "server/acl/acl_request.h"

#include <algorithm>

namespace inkstone {

const std::vector<KeyPosition>& AclRequest::keys() {
  if (!keys_) keys_ = findKeys(command_.row(), args_).value_or(std::vector<KeyPosition>());
  return *keys_;
}

size_t AclRequest::endOfChannels() const {
  switch (command_.row().channels) {
    case ChannelUse::kNone:
      break;
    case ChannelUse::kFirst:
      return std::min<size_t>(2, args_.size());
    case ChannelUse::kAll:
    case ChannelUse::kAllArePatterns:
      return args_.size();
  }
  return firstChannel();
}

}  // namespace inkstone

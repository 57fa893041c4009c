// The title of the server in ps and top.
#pragma once

#include <string>
#include <vector>

#include "config/config_values.h"

namespace inkstone {

// The kernel shows the memory in which arguments and environment were passed, so writing there
// changes the title. The environment is moved away first. Create one object for the process, before
// anybody keeps pointers into either.
class ProcessTitle {
 public:
  ProcessTitle(int argc, char** argv);

  // The title is cut to the room there is.
  void set(const std::string& title);

 private:
  char* begin_ = nullptr;
  size_t size_ = 0;
  std::vector<std::string> environment_;
  std::vector<char*> environment_pointers_;
};

// Fills in proc-title-template: {title} (`name`) {listen-addr} {server-mode} {port} {tls-port}
// {unixsocket} {config-file}.
std::string expandTitle(const ConfigValues& settings, const std::string& config_file,
                        const std::string& name = "inkstone-server");

}  // namespace inkstone

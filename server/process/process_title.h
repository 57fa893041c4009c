// What ps and top show of the server.
#pragma once

#include <string>
#include <vector>

#include "config/config_values.h"

namespace inkstone {

// The kernel shows the memory in which the arguments and the environment were passed; writing there
// changes the title. So the environment is moved away first. One object a process, made before
// anybody keeps pointers into either.
class ProcessTitle {
 public:
  ProcessTitle(int argc, char** argv);

  // Cut to the room there is.
  void set(const std::string& title);

 private:
  char* begin_ = nullptr;
  size_t size_ = 0;
  std::vector<std::string> environment_;
  std::vector<char*> environment_pointers_;
};

// proc-title-template filled in: {title} (`name`) {listen-addr} {server-mode} {port} {tls-port}
// {unixsocket} {config-file}.
std::string expandTitle(const ConfigValues& settings, const std::string& config_file,
                        const std::string& name = "inkstone-server");

}  // namespace inkstone

// A server without sockets, and a client of it without transport: tests run commands through
// dispatch.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "server/clients/client.h"
#include "server/process/logger.h"
#include "server/server.h"

namespace inkstone::test {

class ServerFixture {
 public:
  using Args = std::vector<std::string_view>;

  // `directives` are as on the command line: {"--databases", "4"}.
  explicit ServerFixture(const std::vector<std::string>& directives = {});
  ~ServerFixture();
  ServerFixture(const ServerFixture&) = delete;
  ServerFixture& operator=(const ServerFixture&) = delete;

  // Sends a command and returns the bytes of its reply.
  std::string run(const Args& args);
  // Does the same for one line, which is split at blanks.
  std::string runLine(std::string_view words);
  // Does the same for a client that addClient() gave.
  std::string runLine(Client& client, std::string_view words);
  // Parses and executes bytes as they come from a connection; returns the replies.
  std::string send(Client& client, std::string_view bytes);
  // The bytes that the client was sent and that no function above has returned as a reply.
  std::string takeOutput(Client& client) const;
  // One more client, which lives as long as the fixture.
  Client& addClient();

  // Executes a command as the loader of the log does.
  void replay(const Args& args);
  // CONFIG SET, without the command.
  void configure(const std::string& directive, const std::string& value);

  // Has what is propagated written to a log from here on.
  void startLog();
  // The commands that were logged since the last call: a line for each, its words divided by
  // blanks.
  std::string logged();

  // Lets the server see that at least so many milliseconds have passed.
  void sleepMs(int milliseconds);

  Server& server() { return *server_; }
  const ServerParts& parts() { return server_->parts(); }
  Client& client() { return *client_; }

 private:
  Config config_;
  Logger logger_;
  PosixFileSystem files_;
  SystemLogClock log_clock_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_;
  std::vector<std::unique_ptr<Client>> more_clients_;
  std::filesystem::path log_folder_;
  size_t log_bytes_read_ = 0;
};

// Replies, for comparing.
std::string bulk(std::string_view text);
std::string integer(int64_t value);
// Seconds since a moment of this test: another second may have begun since.
bool isSeconds(const std::string& reply, int64_t value);
std::string errorReply(std::string_view text);
std::string array(std::initializer_list<std::string> elements);
inline const std::string kOk = "+OK\r\n";
inline const std::string kNull = "$-1\r\n";

}  // namespace inkstone::test

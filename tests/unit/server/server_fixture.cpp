#include "tests/unit/server/server_fixture.h"

#include <sys/uio.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "protocol/request_parser.h"

namespace inkstone::test {
namespace {

std::filesystem::path makeFolder() {
  std::string folder = (std::filesystem::temp_directory_path() / "inkstone-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  return folder;
}

std::string readFrom(const std::filesystem::path& path, size_t offset) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  return {std::istreambuf_iterator<char>(file), {}};
}

// RESP requests as lines of words.
std::string linesOf(std::string_view text) {
  RequestParser parser;
  std::string lines;
  while (!text.empty()) {
    std::vector<std::string_view> args;
    const ParseResult result = parser.parse(text, RequestLimits{}, args);
    REQUIRE(result.status == ParseStatus::kComplete);
    for (size_t i = 0; i < args.size(); ++i) {
      if (i > 0) lines += ' ';
      lines += args[i];
    }
    lines += '\n';
    text.remove_prefix(result.consumed);
  }
  return lines;
}

}  // namespace

ServerFixture::ServerFixture(const std::vector<std::string>& directives) {
  REQUIRE(config_.loadArguments(directives).error == "");
  config_.update([](ConfigValues& values) {
    values.loglevel = LogLevel::kNothing;
    // FLUSHALL would write snapshots into the directory the tests run in.
    values.save.clear();
  });
  server_ = std::make_unique<Server>(config_, logger_, Environment{files_, log_clock_});
  client_ = std::make_unique<Client>(1, parts().clients.output_blocks);
}

ServerFixture::~ServerFixture() {
  for (const auto& client : more_clients_) parts().clients.forget(*client);
  parts().clients.forget(*client_);
  more_clients_.clear();
  client_.reset();
  server_.reset();
  std::error_code ignored;
  if (!log_folder_.empty()) std::filesystem::remove_all(log_folder_, ignored);
}

Client& ServerFixture::addClient() {
  const uint64_t id = 2 + more_clients_.size();
  return *more_clients_.emplace_back(std::make_unique<Client>(id, parts().clients.output_blocks));
}

std::string ServerFixture::takeOutput(Client& client) const {
  std::string reply;
  OutputBuffer& output = client.output();
  while (!output.empty()) {
    iovec piece;
    REQUIRE(output.gather(&piece, 1) == 1);
    reply.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    output.consume(piece.iov_len);
  }
  return reply;
}

std::string ServerFixture::run(const Args& args) {
  parts().executor.execute(*client_, args);
  return takeOutput(*client_);
}

std::string ServerFixture::runLine(std::string_view words) {
  return runLine(*client_, words);
}

std::string ServerFixture::send(Client& client, std::string_view bytes) {
  RequestParser parser;
  REQUIRE(parts().executor.processInput(client, parser, bytes) == bytes.size());
  return takeOutput(client);
}

std::string ServerFixture::runLine(Client& client, std::string_view words) {
  Args args;
  while (!words.empty()) {
    const size_t blank = std::min(words.find(' '), words.size());
    args.push_back(words.substr(0, blank));
    words.remove_prefix(std::min(blank + 1, words.size()));
  }
  parts().executor.execute(client, args);
  return takeOutput(client);
}

void ServerFixture::replay(const Args& args) {
  client_->origin = Origin::kLog;
  client_->reply().setMuted(true);
  const ReplayRequest request{args};
  const ReplayStatus status = parts().executor.replay(*client_, {&request, 1});
  client_->reply().setMuted(false);
  client_->origin = Origin::kClient;
  REQUIRE(status.outcome == ReplayOutcome::kOk);
}

void ServerFixture::configure(const std::string& directive, const std::string& value) {
  const Config::Pair pair(directive, value);
  REQUIRE(config_.set({&pair, 1}).error == "");
}

void ServerFixture::startLog() {
  log_folder_ = makeFolder();
  AppendOnlySettings settings;
  settings.directory = log_folder_.string();
  settings.fsync = FsyncPolicy::kNo;
  REQUIRE(!parts().durability.log.open(settings));
}

std::string ServerFixture::logged() {
  REQUIRE(parts().durability.log.flushAppendOnlyFile(FlushMode::kNormal) == FlushOutcome::kFlushed);
  const std::string text = readFrom(log_folder_ / "appendonly.aof", log_bytes_read_);
  log_bytes_read_ += text.size();
  return linesOf(text);
}

void ServerFixture::sleepMs(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  parts().runtime.clock.refresh();
}

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

std::string integer(int64_t value) {
  return ":" + std::to_string(value) + "\r\n";
}

bool isSeconds(const std::string& reply, int64_t value) {
  return reply == integer(value) || reply == integer(value + 1);
}

std::string errorReply(std::string_view text) {
  return "-" + std::string(text) + "\r\n";
}

std::string array(std::initializer_list<std::string> elements) {
  std::string reply = "*" + std::to_string(elements.size()) + "\r\n";
  for (const std::string& element : elements) reply += element;
  return reply;
}

}  // namespace inkstone::test

#include "server/clients/blocking.h"

#include <algorithm>
#include <iterator>

#include "server/command_table/errors.h"
#include "server/execution/command_context.h"
#include "server/server.h"

namespace inkstone {
namespace {

bool isForKeys(BlockKind kind) {
  return kind == BlockKind::kList || kind == BlockKind::kZset;
}

}  // namespace

Blocking::Blocking(Server& server)
    : server_(server),
      lists_(server.keyspace.size(), Lists(server.keyspace.hasher())),
      timer_(server.io) {}

bool Blocking::mustNotWait(const CommandContext& ctx) {
  return ctx.server.executor.inTransaction() || ctx.client.replaying;
}

std::optional<std::string_view> Blocking::servedKey(const Client& client) {
  return client.blocked == nullptr ? std::nullopt : client.blocked->serving;
}

BlockedClient& Blocking::begin(CommandContext& ctx, BlockKind kind, int64_t deadline_ms) {
  Client& client = ctx.client;
  client.blocked = std::make_unique<BlockedClient>(BlockedClient{.kind = kind, .db = client.db});
  client.blocked->command.emplace(ctx.command, ctx.args, std::string_view(), 0);
  addDeadline(client, deadline_ms);
  ++count_;
  return *client.blocked;
}

void Blocking::waitForKeys(CommandContext& ctx, BlockKind kind,
                           std::span<const std::string_view> keys, int64_t deadline_ms) {
  BlockedClient& blocked = begin(ctx, kind, deadline_ms);
  Lists& lists = lists_[blocked.db];
  std::vector<std::string_view> distinct(keys.begin(), keys.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (const std::string_view key : distinct) {
    blocked.places.push_back(lists.add(key, &ctx.client));
  }
  ++waiting_for_keys_;
  server_.key_events.setInterest(KeyEvents::kWaiting, true);
}

void Blocking::waitForReplicas(CommandContext& ctx, int64_t deadline_ms) {
  begin(ctx, BlockKind::kReplicas, deadline_ms);
}

void Blocking::waitForLog(CommandContext& ctx, uint64_t log_offset, bool and_replicas,
                          int64_t deadline_ms) {
  begin(ctx, BlockKind::kLog, deadline_ms).log_offset = log_offset;
  if (!and_replicas) log_offsets_.emplace(log_offset, &ctx.client);
}

void Blocking::postpone(Client& client) {
  client.blocked = std::make_unique<BlockedClient>(BlockedClient{.kind = BlockKind::kPostponed});
  postponed_.insert(&client);
  ++count_;
}

void Blocking::resumePostponed() {
  for (Client* client : std::vector(postponed_.begin(), postponed_.end())) release(*client);
}

void Blocking::addDeadline(Client& client, int64_t deadline_ms) {
  client.blocked->deadline_ms = deadline_ms;
  if (deadline_ms == 0) return;
  deadlines_.emplace(deadline_ms, &client);
  arm();
}

void Blocking::arm() {
  if (deadlines_.empty()) return;
  const int64_t first_ms = deadlines_.begin()->first;
  // One that rings too early arms it again.
  if (armed_for_ms_ != 0 && armed_for_ms_ <= first_ms) return;
  constexpr int64_t kWaitMaxMs = 24LL * 3600 * 1000;
  const int64_t left_ms = first_ms - server_.clock.monotonicMs();
  armed_for_ms_ = first_ms;
  timer_.expires_after(std::chrono::milliseconds(std::clamp<int64_t>(left_ms, 0, kWaitMaxMs)));
  timer_.async_wait([this](const asio::error_code& error) {
    if (!error) onTimer();
  });
}

void Blocking::onTimer() {
  armed_for_ms_ = 0;
  server_.clock.advance();
  const int64_t now_ms = server_.clock.monotonicMs();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_ms) {
    finish(*deadlines_.begin()->second, false);
  }
  arm();
}

void Blocking::remove(Client& client) {
  BlockedClient& blocked = *client.blocked;
  for (const Lists::Place& place : blocked.places) lists_[blocked.db].remove(place);
  if (isForKeys(blocked.kind) && --waiting_for_keys_ == 0) {
    server_.key_events.setInterest(KeyEvents::kWaiting, false);
  }
  if (blocked.deadline_ms != 0) deadlines_.erase({blocked.deadline_ms, &client});
  if (blocked.kind == BlockKind::kLog) {
    const auto [begin, end] = log_offsets_.equal_range(blocked.log_offset);
    const auto own =
        std::find_if(begin, end, [&client](const auto& one) { return one.second == &client; });
    if (own != end) log_offsets_.erase(own);
  }
  if (blocked.kind == BlockKind::kPostponed) postponed_.erase(&client);
  --count_;
  client.blocked.reset();
}

void Blocking::release(Client& client) {
  // A command that was put off has not run yet.
  const bool is_over = client.blocked->kind != BlockKind::kPostponed;
  remove(client);
  if (is_over) client.endSkippedReply();
  server_.clients.scheduleOutput(client);
  server_.connections().resume(client);
}

void Blocking::forget(Client& client) {
  if (client.blocked != nullptr) remove(client);
}

void Blocking::replyTimeout(Client& client) {
  switch (client.blocked->kind) {
    case BlockKind::kList:
    case BlockKind::kZset:
      // It tells that nothing is there, which may be somebody's write.
      server_.executor.holdUntilAcknowledged(client);
      return client.reply().nullArray();
    case BlockKind::kReplicas:
      return client.reply().integer(0);
    case BlockKind::kLog:
      client.reply().array(2);
      client.reply().integer(server_.log.durableOffset() >= client.blocked->log_offset ? 1 : 0);
      return client.reply().integer(0);
    case BlockKind::kPostponed:
      return;
  }
}

void Blocking::finish(Client& client, bool with_error) {
  CommandStats& stats = client.blocked->command->command().stats;
  ++stats.calls;
  ++server_.stats.commands_processed;
  if (with_error) {
    client.reply().error(errors::kUnblocked);
    server_.executor.countError(client);
    ++stats.failed_calls;
  } else {
    replyTimeout(client);
  }
  release(client);
}

bool Blocking::wake(Client& client, bool with_error) {
  if (client.blocked == nullptr || client.blocked->kind == BlockKind::kPostponed) return false;
  finish(client, with_error);
  return true;
}

void Blocking::keyReady(size_t db, std::string_view key, ValueType type) {
  if (type != ValueType::kList && type != ValueType::kZset) return;
  if (lists_[db].find(key) == nullptr) return;
  ReadyKey ready{db, std::string(key)};
  if (!ready_names_.insert(ready).second) return;
  ready_.push_back(std::move(ready));
  server_.executor.noteSideEffect();
}

void Blocking::databaseReplaced(size_t db) {
  const Database& database = server_.keyspace[db];
  for (const auto& [name, clients] : lists_[db]) {
    const Database::Slot slot = database.find(database.hashOf(name), name);
    if (slot) keyReady(db, name, slot.node()->type());
  }
}

// Serving a client may make another key ready (BLMOVE), which comes behind all that are.
void Blocking::serveReady() {
  while (!ready_.empty()) {
    const std::vector<ReadyKey> ready = std::exchange(ready_, {});
    ready_names_.clear();
    for (const ReadyKey& key : ready) serveKey(key);
  }
}

bool Blocking::canServe(const ReadyKey& key, BlockKind kind) {
  const Database& database = server_.keyspace[key.db];
  const Database::Slot slot = database.find(database.hashOf(key.name), key.name);
  if (!slot) return false;
  const Entry& entry = *slot.node();
  if (entry.hasExpired(server_.clock.unixMs())) return false;
  return entry.type() == (kind == BlockKind::kList ? ValueType::kList : ValueType::kZset);
}

void Blocking::serveKey(const ReadyKey& key) {
  Lists::Named* const waiting = lists_[key.db].find(key.name);
  if (waiting == nullptr) return;
  const Lists::Items& clients = waiting->second;
  for (auto at = clients.begin(); at != clients.end();) {
    Client& client = **at;
    // Serving takes the client out of the list, and the list away with the last one.
    ++at;
    const bool is_last = at == clients.end();
    if (client.closing()) {
      // What it would take would be lost with it.
    } else if (canServe(key, client.blocked->kind)) {
      client.blocked->serving = key.name;
      server_.executor.rerun(client);
      release(client);
    } else if (!canServe(key, BlockKind::kList) && !canServe(key, BlockKind::kZset)) {
      return;
    }
    if (is_last) return;
  }
}

size_t Blocking::keyCount() const {
  size_t keys = 0;
  for (const Lists& lists : lists_) keys += lists.size();
  return keys;
}

void Blocking::onFlushed() {
  const uint64_t durable = server_.log.durableOffset();
  while (!log_offsets_.empty() && log_offsets_.begin()->first <= durable) {
    finish(*log_offsets_.begin()->second, false);
  }
}

}  // namespace inkstone

#include "server/clients/blocking.h"

#include <algorithm>
#include <iterator>

#include "persistence/log/append_only_log.h"
#include "server/clients/client_registry.h"
#include "server/clients/key_interests.h"
#include "server/clients/reply_gate.h"
#include "server/clients/side_effects.h"
#include "server/command_table/command.h"
#include "server/command_table/errors.h"
#include "server/process/runtime.h"
#include "storage/keyspace.h"

namespace inkstone {
Blocking::Blocking(Runtime& runtime, const Keyspace& keyspace, const AppendOnlyLog& log,
                   ClientRegistry& registry, KeyInterests& interests, SideEffects& side_effects,
                   ReplyGate& gate)
    : runtime_(runtime),
      keyspace_(keyspace),
      log_(log),
      registry_(registry),
      interests_(interests),
      side_effects_(side_effects),
      gate_(gate),
      lists_(keyspace.size(), Lists(keyspace.hasher())),
      timer_(runtime.io) {}

std::optional<std::string_view> Blocking::servedKey(const Client& client) {
  return client.blocked == nullptr ? std::nullopt : client.blocked->serving;
}

BlockedClient& Blocking::begin(const WaitingCommand& waiting, BlockKind kind, int64_t deadline_ms) {
  Client& client = waiting.client;
  client.blocked = std::make_unique<BlockedClient>(BlockedClient{.kind = kind, .db = client.db});
  client.blocked->command.emplace(waiting.command, waiting.args, std::string_view(), KeyHash());
  addDeadline(client, deadline_ms);
  ++count_;
  return *client.blocked;
}

void Blocking::waitForKeys(const WaitingCommand& waiting, const KeyCheck& check,
                           std::span<const std::string_view> keys, int64_t deadline_ms) {
  BlockedClient& blocked = begin(waiting, BlockKind::kKeys, deadline_ms);
  blocked.check = check;
  Lists& lists = lists_[blocked.db];
  std::vector<std::string_view> distinct(keys.begin(), keys.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (const std::string_view key : distinct) {
    blocked.places.push_back(lists.add(key, &waiting.client));
  }
  ++waiting_for_keys_;
  if (check.also_when_gone) ++waiting_for_gone_;
  interests_.set(KeyInterests::kWaiting, true);
}

void Blocking::waitForReplicas(const WaitingCommand& waiting, int64_t deadline_ms) {
  begin(waiting, BlockKind::kReplicas, deadline_ms);
}

void Blocking::waitForLog(const WaitingCommand& waiting, uint64_t log_offset, bool and_replicas,
                          int64_t deadline_ms) {
  begin(waiting, BlockKind::kLog, deadline_ms).log_offset = log_offset;
  if (!and_replicas) log_offsets_.emplace(log_offset, &waiting.client);
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
  const int64_t left_ms = first_ms - runtime_.clock.monotonicMs();
  armed_for_ms_ = first_ms;
  timer_.expires_after(std::chrono::milliseconds(std::clamp<int64_t>(left_ms, 0, kWaitMaxMs)));
  timer_.async_wait([this](const asio::error_code& error) {
    if (!error) onTimer();
  });
}

void Blocking::onTimer() {
  armed_for_ms_ = 0;
  runtime_.clock.advance();
  const int64_t now_ms = runtime_.clock.monotonicMs();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_ms) {
    finish(*deadlines_.begin()->second, false);
  }
  arm();
}

void Blocking::remove(Client& client) {
  BlockedClient& blocked = *client.blocked;
  for (const Lists::Place& place : blocked.places) lists_[blocked.db].remove(place);
  if (blocked.kind == BlockKind::kKeys) {
    if (blocked.check.also_when_gone) --waiting_for_gone_;
    if (--waiting_for_keys_ == 0) interests_.set(KeyInterests::kWaiting, false);
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
  registry_.scheduleOutput(client);
  registry_.scheduleResume(client);
}

void Blocking::forget(Client& client) {
  if (client.blocked != nullptr) remove(client);
}

void Blocking::replyTimeout(Client& client) {
  switch (client.blocked->kind) {
    case BlockKind::kKeys:
      // It tells that nothing is there, which may be somebody's write.
      gate_.holdForEverything(client);
      return client.reply().nullArray();
    case BlockKind::kReplicas:
      return client.reply().integer(0);
    case BlockKind::kLog:
      client.reply().array(2);
      client.reply().integer(log_.durableOffset() >= client.blocked->log_offset ? 1 : 0);
      return client.reply().integer(0);
    case BlockKind::kPostponed:
      return;
  }
}

void Blocking::finish(Client& client, bool with_error) {
  CommandStats& stats = client.blocked->command->command().stats;
  ++stats.calls;
  ++runtime_.stats.commands_processed;
  if (with_error) {
    client.reply().error(errors::kUnblocked);
    runtime_.stats.countError(client.reply().lastError());
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

void Blocking::noteKey(size_t db, std::string_view key) {
  if (lists_[db].find(key) == nullptr) return;
  ReadyKey ready{db, std::string(key)};
  if (!ready_names_.insert(ready).second) return;
  ready_.push_back(std::move(ready));
  side_effects_.note();
}

void Blocking::databaseReplaced(size_t db) {
  const Database& database = keyspace_[db];
  for (const auto& [name, clients] : lists_[db]) {
    if (database.find(database.hashOf(name), name) || waiting_for_gone_ > 0) noteKey(db, name);
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

const Entry* Blocking::entryOf(const ReadyKey& key) const {
  const Database& database = keyspace_[key.db];
  const Database::Slot slot = database.find(database.hashOf(key.name), key.name);
  if (!slot || slot.node()->hasExpired(runtime_.clock.unixMs())) return nullptr;
  return slot.node();
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
    const Entry* const entry = entryOf(key);
    // Those that are left wait for what the others have taken.
    if (entry == nullptr && waiting_for_gone_ == 0) return;
    const BlockedClient& blocked = *client.blocked;
    // What a client that is about to go would take would be lost with it.
    if (!client.closing() && (entry != nullptr || blocked.check.also_when_gone) &&
        blocked.check.ready(entry, *blocked.command)) {
      client.blocked->serving = key.name;
      runner_->rerun(client);
      release(client);
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
  const uint64_t durable = log_.durableOffset();
  while (!log_offsets_.empty() && log_offsets_.begin()->first <= durable) {
    finish(*log_offsets_.begin()->second, false);
  }
}

}  // namespace inkstone

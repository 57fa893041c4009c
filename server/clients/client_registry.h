// All clients with a connection, as commands see them, and lists of those that something is to be
// done with before the loop sleeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "server/clients/client.h"

namespace inkstone {

class ClientRegistry {
 public:
  uint64_t nextId() { return ++last_id_; }

  void add(Client& client) { clients_.emplace(client.id(), &client); }
  void remove(Client& client) {
    clients_.erase(client.id());
    std::erase(output_pending_, &client);
    std::erase(pushes_pending_, &client);
    std::erase(close_pending_, &client);
    std::erase(resumed_, &client);
  }

  size_t size() const { return clients_.size(); }
  // Null if there is no client of that id.
  Client* find(uint64_t id) const {
    const auto found = clients_.find(id);
    return found == clients_.end() ? nullptr : found->second;
  }
  // Calls visit(Client&) for each, in the order of ids. A visit may schedule clients and must not
  // remove any.
  template <class Visit>
  void forEach(Visit visit) const {
    for (const auto& [id, client] : clients_) visit(*client);
  }

  // The client has output, which is to be sent when the turn ends.
  void scheduleOutput(Client& client) {
    if (client.output_scheduled || client.transport == nullptr) return;
    client.output_scheduled = true;
    output_pending_.push_back(&client);
  }
  // The client was sent a push. It does not wait for that, so the push leaves when this turn or one
  // of the next ends, together with those that come until then.
  void schedulePush(Client& client) {
    if (client.push_scheduled || client.transport == nullptr) return;
    client.push_scheduled = true;
    pushes_pending_.push_back(&client);
  }
  bool pushesPending() const { return !pushes_pending_.empty(); }
  // The client whose push has waited longest; there must be one.
  Client& takePushPending() {
    Client& client = *pushes_pending_.front();
    pushes_pending_.pop_front();
    client.push_scheduled = false;
    return client;
  }
  // The connection is to be closed when the turn ends. The output that it is still owed is not
  // sent.
  void scheduleClose(Client& client) {
    if (client.close_asap) return;
    client.close_asap = true;
    if (client.transport != nullptr) close_pending_.push_back(&client);
  }

  // The client does not wait any more. Its later requests are executed in this turn or the next.
  void scheduleResume(Client& client) {
    if (client.transport == nullptr) return;
    resumed_.push_back(&client);
    if (resumed_.size() == 1) on_resume_();
  }
  bool resumesPending() const { return !resumed_.empty(); }
  std::vector<Client*> takeResumed() { return std::exchange(resumed_, {}); }
  // `wake` is called to make a turn of the loop begin although no socket is ready.
  void setOnResume(std::function<void()> wake) { on_resume_ = std::move(wake); }

  bool closesPending() const { return !close_pending_.empty(); }

  // Moves the clients that were scheduled into `clients`, whose memory is used again.
  void takeOutputPending(std::vector<Client*>& clients) { take(output_pending_, clients); }
  void takeClosePending(std::vector<Client*>& clients) { take(close_pending_, clients); }

 private:
  static void take(std::vector<Client*>& from, std::vector<Client*>& to) {
    to.clear();
    to.swap(from);
  }

  uint64_t last_id_ = 0;
  std::map<uint64_t, Client*> clients_;
  std::vector<Client*> output_pending_;
  std::deque<Client*> pushes_pending_;
  std::vector<Client*> close_pending_;
  std::vector<Client*> resumed_;
  std::function<void()> on_resume_ = [] {};
};

}  // namespace inkstone

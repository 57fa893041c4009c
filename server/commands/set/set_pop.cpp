// SPOP. What it chose is propagated: as SREM, or as a deletion where it took everything.
#include <string>
#include <vector>

#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/key_values.h"
#include "server/commands/reply_parts.h"
#include "server/data/data_set.h"
#include "server/process/runtime.h"
#include "storage/types/listpack.h"

namespace inkstone {
namespace {

// With so many members to one that stays, it is cheaper to make a new set of those that stay.
// The figure is that of Redis, because the new set may have another encoding.
constexpr size_t kPoppedPerKept = 5;

// Collects members and propagates their removal, a command a batch; several commands are one
// transaction, so that a torn log holds all of them or none.
class RemovalLog {
 public:
  RemovalLog(CommandContext& ctx, size_t members) : ctx_(ctx), several_(members > kBatchMax) {
    begin();
    if (several_) ctx_.beginLogBlock();
  }
  RemovalLog(const RemovalLog&) = delete;
  RemovalLog& operator=(const RemovalLog&) = delete;

  // The text must live until finish().
  void add(std::string_view member) {
    command_.push_back(member);
    if (command_.size() == kWordsBefore + kBatchMax) flush();
  }
  void finish() {
    if (command_.size() > kWordsBefore) flush();
    if (several_) ctx_.endLogBlock();
  }

 private:
  static constexpr size_t kBatchMax = 1024;
  static constexpr size_t kWordsBefore = 2;

  void begin() { command_ = {"SREM", ctx_.args[1]}; }
  void flush() {
    ctx_.propagateInstead(command_);
    begin();
  }

  CommandContext& ctx_;
  const bool several_;
  std::vector<std::string_view> command_;
};

// Members with their texts, apart from the set they came from.
class DetachedMembers {
 public:
  explicit DetachedMembers(size_t count) { ends_.reserve(count); }

  void add(const Element& member) {
    ElementText room;
    bytes_ += member.text(room);
    ends_.push_back(bytes_.size());
  }
  template <class Visit>
  void forEach(Visit visit) const {
    size_t begin = 0;
    for (const size_t end : ends_) {
      visit(std::string_view(bytes_).substr(begin, end - begin));
      begin = end;
    }
  }

 private:
  std::string bytes_;
  std::vector<size_t> ends_;
};

// Replies the members and propagates their removal.
void replyRemoved(CommandContext& ctx, size_t count, const DetachedMembers& members) {
  ctx.keyChanged(kNotifySet, "spop", ctx.args[1]);
  ctx.reply.set(count);
  RemovalLog log(ctx, count);
  {
    BulkRun run(ctx.reply);
    members.forEach([&](std::string_view member) { run.add(member); });
  }
  members.forEach([&](std::string_view member) { log.add(member); });
  log.finish();
}

void popAll(CommandContext& ctx, const KeyRef& key) {
  replyMembers(ctx.reply, setOf(ctx, key));
  const bool lazy = ctx.runtime().settings.lazyfree_lazy_server_del;
  ctx.keyChanged(kNotifySet, "spop", ctx.args[1]);
  deleteEmptied(ctx, ctx.args[1], key);
  ctx.propagateInstead({lazy ? "UNLINK" : "DEL", ctx.args[1]});
}

void popSome(CommandContext& ctx, const KeyRef& key, size_t count) {
  SetValue set = setOf(ctx, key);
  DetachedMembers popped(count);
  set.sample(count, ctx.runtime().random, [&](const Element& member) { popped.add(member); });
  popped.forEach([&](std::string_view member) { set.erase(member); });
  replyRemoved(ctx, count, popped);
}

// An empty set for members of `set`, in the encoding that Redis 7.2 begins with.
Value emptyLike(const SetValue& set) {
  if (set.encoding() == Encoding::kIntset) return SetValue::create();
  return {ValueType::kSet, Encoding::kListpack, Listpack::create().bytes()};
}

void popMost(CommandContext& ctx, const KeyRef& key, size_t count) {
  const SetValue set = setOf(ctx, key);
  SetValue kept(emptyLike(set), ctx.encodingRules());
  set.sample(set.size() - count, ctx.runtime().random,
             [&](const Element& member) { kept.insert(member); });
  DetachedMembers popped(count);
  set.forEach([&](const Element& member) {
    if (!kept.contains(member)) popped.add(member);
  });
  const Value before = set.value();
  const Value now = kept.value();
  key.entry()->setObject(now.encoding, now.object);
  ctx.data().destroy(before, ctx.runtime().settings.lazyfree_lazy_server_del);
  replyRemoved(ctx, count, popped);
}

void popOne(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  if (!key) return ctx.reply.null();
  SetValue set = setOf(ctx, key);
  const Element member = set.randomMember(ctx.runtime().random);
  ElementText room;
  const std::string_view text = member.text(room);
  ctx.reply.bulk(text);
  ctx.markDirty();
  ctx.propagateInstead({"SREM", ctx.args[1], text});
  set.erase(member);
  ctx.keyChanged(kNotifySet, "spop", ctx.args[1]);
  if (set.size() == 0) deleteEmptied(ctx, ctx.args[1], key);
}

void spopCommand(CommandContext& ctx) {
  if (ctx.args.size() == 2) return popOne(ctx);
  if (ctx.args.size() > 3) return ctx.error(errors::kSyntax);
  int64_t wanted;
  if (!ctx.parseInteger(ctx.args[2], wanted, errors::kMustBePositive)) return;
  if (wanted < 0) return ctx.error(errors::kMustBePositive);
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  if (!key || wanted == 0) return ctx.reply.set(0);
  const auto count = static_cast<size_t>(wanted);
  const size_t size = setOf(ctx, key).size();
  ctx.markDirty(std::min(count, size));
  if (count >= size) return popAll(ctx, key);
  if ((size - count) * kPoppedPerKept > count) return popSome(ctx, key, count);
  popMost(ctx, key, count);
}

constexpr CommandRow kRows[] = {
    {.name = "spop",
     .syntax = "key:key@0 integer:count^3.2.0?",
     .arity = -2,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclSet,
     .handler = spopCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N), N being the number of members taken; O(1) without a count",
     .summary = "Takes members out of a set at random and returns them.",
     .tips = {"nondeterministic_output"}},
};

}  // namespace

CommandRows setPopRows() {
  return kRows;
}

}  // namespace inkstone

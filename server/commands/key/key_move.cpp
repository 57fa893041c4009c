// Values that get another name or database: RENAME, RENAMENX, MOVE, COPY.
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/argument_reader.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/data/data_set.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

// The client has another database selected as long as this lives.
class SelectedDatabase {
 public:
  SelectedDatabase(Client& client, size_t db) : client_(client), before_(client.db) {
    client_.db = db;
  }
  ~SelectedDatabase() { client_.db = before_; }
  SelectedDatabase(const SelectedDatabase&) = delete;
  SelectedDatabase& operator=(const SelectedDatabase&) = delete;

 private:
  Client& client_;
  const size_t before_;
};

// Reads a database number.
size_t nextDatabase(ArgumentReader& reader, const ServerParts& parts) {
  const int number = reader.nextInt();
  if (number < 0 || static_cast<size_t>(number) >= parts.data.keyspace.size()) {
    reader.fail(errors::kDbIndexOutOfRange);
    return 0;
  }
  return static_cast<size_t>(number);
}

// Takes away what stands where a value is to be put.
void makeRoom(CommandContext& ctx, const KeyRef& key) {
  if (key) deleteKey(ctx, key);
}

enum class RenameResult : uint8_t { kRenamed, kTargetExists, kNoSuchKey };

RenameResult rename(CommandContext& ctx, bool replace) {
  const std::string_view from = ctx.args[1];
  const std::string_view to = ctx.args[2];
  KeyRef source = ctx.lookupWrite(from);
  if (!source) return RenameResult::kNoSuchKey;
  // The key exists: RENAME has nothing to do, and RENAMENX must refuse.
  if (from == to) return replace ? RenameResult::kRenamed : RenameResult::kTargetExists;
  const KeyRef target = ctx.lookupWrite(to);
  if (target && !replace) return RenameResult::kTargetExists;
  makeRoom(ctx, target);
  ctx.keyAdded(to);
  Database& db = ctx.db();
  // The table may have changed since the first lookup.
  source.slot = db.find(source.hash, from);
  db.adopt(target.hash, to, db, db.unlink(source.hash, source.slot));
  ctx.keyChanged(kNotifyGeneric, "rename_from", from);
  ctx.keyChanged(kNotifyGeneric, "rename_to", to);
  ctx.markDirty();
  return RenameResult::kRenamed;
}

struct CopyOptions {
  size_t db;
  bool replace = false;
};

bool parseCopyOptions(CommandContext& ctx, CopyOptions& options) {
  ArgumentReader reader(ctx, 3);
  while (!reader.atEnd()) {
    if (reader.matchesKeyword("REPLACE")) {
      options.replace = true;
    } else if (reader.matchesKeyword("DB", 1)) {
      options.db = nextDatabase(reader, ctx.parts());
    } else {
      reader.failSyntax();
    }
  }
  return reader.finish();
}

void renameCommand(CommandContext& ctx) {
  if (rename(ctx, true) == RenameResult::kNoSuchKey) return ctx.error(errors::kNoSuchKey);
  ctx.reply.ok();
}

void renamenxCommand(CommandContext& ctx) {
  const RenameResult result = rename(ctx, false);
  if (result == RenameResult::kNoSuchKey) return ctx.error(errors::kNoSuchKey);
  ctx.reply.integer(result == RenameResult::kRenamed ? 1 : 0);
}

void moveCommand(CommandContext& ctx) {
  const std::string_view name = ctx.args[1];
  ArgumentReader reader(ctx, 2);
  const size_t to = nextDatabase(reader, ctx.parts());
  if (!reader.finish()) return;
  if (to == ctx.client.db) return ctx.error(errors::kSameObject);
  const KeyRef key = ctx.lookupWrite(name);
  if (!key) return ctx.reply.integer(0);
  Database& from = ctx.db();
  {
    const SelectedDatabase selected(ctx.client, to);
    if (ctx.lookupWrite(name)) return ctx.reply.integer(0);
    ctx.keyAdded(name);
    ctx.db().adopt(key.hash, name, from, from.unlink(key.hash, key.slot));
  }
  ctx.keyChanged(kNotifyGeneric, "move_from", name);
  const SelectedDatabase selected(ctx.client, to);
  ctx.keyChanged(kNotifyGeneric, "move_to", name);
  ctx.markDirty();
  ctx.reply.integer(1);
}

void copyCommand(CommandContext& ctx) {
  CopyOptions options{ctx.client.db};
  if (!parseCopyOptions(ctx, options)) return;
  const std::string_view to = ctx.args[2];
  if (options.db == ctx.client.db && ctx.args[1] == to) return ctx.error(errors::kSameObject);
  const KeyRef found = ctx.lookupRead(ctx.args[1]);
  if (!found) return ctx.reply.integer(0);
  // Entries stay where they are whatever happens to others; slots need not.
  const Entry& source = *found.entry();
  const SelectedDatabase selected(ctx.client, options.db);
  const KeyRef target = ctx.lookupWrite(to);
  if (target && !options.replace) return ctx.reply.integer(0);
  makeRoom(ctx, target);
  ctx.keyAdded(to);
  ctx.db().insertCopy(target.hash, to, source, ctx.initialAccess());
  ctx.keyChanged(kNotifyGeneric, "copy_to", to);
  ctx.markDirty();
  ctx.reply.integer(1);
}

constexpr CommandRow kRows[] = {
    {.name = "rename",
     .syntax = "key:key@0 key:newkey@1",
     .arity = 3,
     .flags = kCmdWrite,
     .categories = kAclKeyspace,
     .handler = renameCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete),
              key_specs::one(kKeyOverwrite | kKeyUpdate, 2)},
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1), plus what deleting a value in its place takes",
     .summary = "Gives a key another name, replacing a key of that name."},
    {.name = "renamenx",
     .syntax = "key:key@0 key:newkey@1",
     .arity = 3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclKeyspace,
     .handler = renamenxCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete),
              key_specs::one(kKeyOverwrite | kKeyInsert, 2)},
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Gives a key another name unless a key of that name exists."},
    {.name = "move",
     .syntax = "key:key@0 integer:db",
     .arity = 3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclKeyspace,
     .handler = moveCommand,
     .keys = {key_specs::kReadAndUpdate},
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Moves a key to another database."},
    {.name = "copy",
     .syntax = "key:source@0 key:destination@1 integer:destination-db=DB? token:replace=REPLACE?",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclKeyspace,
     .handler = copyCommand,
     .keys = {key_specs::kRead, key_specs::one(kKeyOverwrite | kKeyUpdate, 2)},
     .since = "6.2.0",
     .group = "generic",
     .complexity = "O(1) for strings, O(N) for collections of N elements",
     .summary = "Copies a value to another key or database."},
};

}  // namespace

CommandRows keyMoveRows() {
  return kRows;
}

}  // namespace inkstone

#include "config/known_commands.h"

#include <algorithm>
#include <iterator>

#include "base/ascii.h"

namespace inkstone {

namespace {

// Names that came with one release, in lower case, with one space between two.
struct Release {
  std::string_view since;
  std::string_view names;
};

// Where two projects have a command, both are named. The table also has internal commands of theirs
// that may stand in an AOF (RESTORE-ASKING, TRIMSLOTS, ...).
constexpr Release kCommands[] = {
    {"Redis 7.2 or before",
     "acl append asking auth bgrewriteaof bgsave bitcount bitfield bitfield_ro bitop bitpos "
     "blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin client cluster command config "
     "copy dbsize debug decr decrby del discard dump echo eval eval_ro evalsha evalsha_ro exec "
     "exists expire expireat expiretime failover fcall fcall_ro flushall flushdb function geoadd "
     "geodist geohash geopos georadius georadius_ro georadiusbymember georadiusbymember_ro "
     "geosearch geosearchstore get getbit getdel getex getrange getset hdel hello hexists hget "
     "hgetall hincrby hincrbyfloat hkeys hlen hmget hmset hrandfield hscan hset hsetnx hstrlen "
     "hvals incr incrby incrbyfloat info keys lastsave latency lcs lindex linsert llen lmove "
     "lmpop lolwut lpop lpos lpush lpushx lrange lrem lset ltrim memory mget migrate module "
     "monitor move mset msetnx multi object persist pexpire pexpireat pexpiretime pfadd pfcount "
     "pfdebug pfmerge pfselftest ping psetex psubscribe psync pttl publish pubsub punsubscribe "
     "quit randomkey readonly readwrite rename renamenx replconf replicaof reset restore restore-"
     "asking role rpop rpoplpush rpush rpushx sadd save scan scard script sdiff sdiffstore select "
     "set setbit setex setnx setrange shutdown sinter sintercard sinterstore sismember slaveof "
     "slowlog smembers smismember smove sort sort_ro spop spublish srandmember srem sscan "
     "ssubscribe strlen subscribe substr sunion sunionstore sunsubscribe swapdb sync time touch "
     "ttl type unlink unsubscribe unwatch wait waitaof watch xack xadd xautoclaim xclaim xdel "
     "xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim zadd zcard zcount "
     "zdiff zdiffstore zincrby zinter zintercard zinterstore zlexcount zmpop zmscore zpopmax "
     "zpopmin zrandmember zrange zrangebylex zrangebyscore zrangestore zrank zrem zremrangebylex "
     "zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan "
     "zscore zunion zunionstore"},
    {"Redis 7.4 and Valkey 9.0",
     "hexpire hexpireat hexpiretime hpersist hpexpire hpexpireat hpexpiretime hpttl httl"},
    {"Redis 8.0 and Valkey 9.0", "hgetex hsetex"},
    {"Redis 8.0 and Valkey 9.1", "hgetdel"},
    {"Redis 8.0",
     "sflush vadd vcard vdim vemb vgetattr vinfo vismember vlinks vrandmember vrem vsetattr vsim"},
    {"Redis 8.2 and Valkey 9.2", "xackdel xdelex"},
    {"Redis 8.4 and Valkey 9.1", "msetex"},
    {"Redis 8.4 and Valkey 9.2", "delex"},
    {"Redis 8.4", "digest trimslots vrange"},
    {"Redis 8.6 and Valkey 9.2", "hotkeys"},
    {"Redis 8.6", "xcfgset xidmprecord"},
    {"Redis 8.8",
     "arcount ardel ardelrange arget argetrange argrep arinfo arinsert arlastitems arlen armget "
     "armset arnext arop arring arscan arseek arset increx xnack"},
    {"Redis 8.10", "backup blmovem himport lmovem sdiffcard sunioncard"},
    {"Redis 8.12",
     "bitrangeintarray bless bzmove saddex sexpire sexpireat sexpiretime spersist spexpire "
     "spexpireat spexpiretime spttl sttl zmove zmovemember"},
    {"Valkey 8.1", "commandlog"},
    {"Valkey 9.0", "delifeq"},
    {"Valkey 9.1", "clusterscan"},
};

// Commands of modules, and of types that bring many commands: all names that begin with `prefix`
// and are longer.
struct Family {
  std::string_view prefix;
  std::string_view since;
};

constexpr Family kFamilies[] = {
    {"json.", "Redis 8.0, or the JSON module before"},
    {"ft.", "Redis 8.0, or the search module before"},
    {"_ft.", "Redis 8.0, or the search module before"},
    {"ts.", "Redis 8.0, or the time series module before"},
    {"bf.", "Redis 8.0, or the Bloom filter module before"},
    {"cf.", "Redis 8.0, or the Bloom filter module before"},
    {"cms.", "Redis 8.0, or the Bloom filter module before"},
    {"topk.", "Redis 8.0, or the Bloom filter module before"},
    {"tdigest.", "Redis 8.0, or the Bloom filter module before"},
    {"graph.", "the graph module"},
    {"ai.", "the AI module"},
    {"rg.", "the gears module"},
    {"ph", "Valkey 9.2"},
};

constexpr Release kAclCategories[] = {
    {"Redis 7.2 or before",
     "admin bitmap blocking connection dangerous fast geo hash hyperloglog keyspace list pubsub "
     "read scripting set slow sortedset stream string transaction write"},
    {"Redis 8.0", "bloom cms cuckoo json search tdigest timeseries topk"},
    {"Redis 8.8", "array"},
    {"Valkey 9.2", "pathhash"},
};

bool lists(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    if (equalsIgnoreCase(names.substr(0, end), name)) {
      return true;
    }
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

template <std::size_t N>
std::optional<std::string_view> releaseOf(const Release (&releases)[N], std::string_view name) {
  const Release* found =
      std::find_if(std::begin(releases), std::end(releases),
                   [&](const Release& release) { return lists(release.names, name); });
  return found == std::end(releases) ? std::nullopt : std::optional(found->since);
}

bool isWord(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const char lower = toLower(c);
    return (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '_' ||
           lower == '.';
  });
}

}  // namespace

std::optional<std::string_view> knownSince(std::string_view name) {
  if (const std::optional<std::string_view> since = releaseOf(kCommands, name)) {
    return since;
  }
  for (const Family& family : kFamilies) {
    const std::size_t size = family.prefix.size();
    if (name.size() > size && isWord(name) &&
        equalsIgnoreCase(name.substr(0, size), family.prefix)) {
      return family.since;
    }
  }
  return std::nullopt;
}

bool isKnownCommand(std::string_view name) {
  return knownSince(name).has_value();
}

std::optional<std::string_view> aclCategoryKnownSince(std::string_view name) {
  return releaseOf(kAclCategories, name);
}

}  // namespace inkstone

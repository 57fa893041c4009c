#include "server/command_table/command_syntax.h"

namespace inkstone {
namespace {

// Ascending by name (byte order); the unit test says when a row is out of place.
constexpr CommandSyntax kTable[] = {
    {"acl|cat", "string:category?"},
    {"acl|deluser", "string:username*"},
    {"acl|dryrun", "string:username string:command string:arg?*"},
    {"acl|genpass", "integer:bits?"},
    {"acl|getuser", "string:username"},
    {"acl|log", "oneof:operation?(integer:count token:reset=RESET)"},
    {"acl|setuser", "string:username string:rule?*"},
    {"append", "key:key@0 string:value"},
    {"auth", "string:username^6.0.0? string:password"},
    {"bgsave", "token:schedule=SCHEDULE^3.2.2?"},
    {"blmove",
     "key:source@0 key:destination@1 oneof:wherefrom(token:left=LEFT token:right=RIGHT) "
     "oneof:whereto(token:left=LEFT token:right=RIGHT) double:timeout"},
    {"blmpop",
     "double:timeout integer:numkeys key:key@0* oneof:where(token:left=LEFT token:right=RIGHT) "
     "integer:count=COUNT?"},
    {"blpop", "key:key@0* double:timeout"},
    {"brpop", "key:key@0* double:timeout"},
    {"brpoplpush", "key:source@0 key:destination@1 double:timeout", "6.2.0",
     "`BLMOVE` with the `RIGHT` and `LEFT` arguments"},
    {"bzmpop",
     "double:timeout integer:numkeys key:key@0* oneof:where(token:min=MIN token:max=MAX) "
     "integer:count=COUNT?"},
    {"bzpopmax", "key:key@0* double:timeout"},
    {"bzpopmin", "key:key@0* double:timeout"},
    {"client|caching", "oneof:mode(token:yes=YES token:no=NO)"},
    {"client|kill",
     "oneof:filter("
     "string:old-format%ip:port~2.8.12 "
     "oneof:new-format*("
     "integer:client-id=ID^2.8.12? "
     "oneof:client-type=TYPE^2.8.12?(token:normal=NORMAL token:master=MASTER^3.2.0 "
     "token:slave=SLAVE token:replica=REPLICA^5.0.0 token:pubsub=PUBSUB) "
     "string:username=USER? "
     "string:addr%ip:port=ADDR? "
     "string:laddr%ip:port=LADDR^6.2.0? "
     "oneof:skipme=SKIPME?(token:yes=YES token:no=NO) "
     "integer:maxage=MAXAGE^7.4.0?))"},
    {"client|list",
     "oneof:client-type=TYPE^5.0.0?(token:normal=NORMAL token:master=MASTER "
     "token:replica=REPLICA token:pubsub=PUBSUB) "
     "integer:client-id=ID^6.2.0?*"},
    {"client|no-evict", "oneof:enabled(token:on=ON token:off=OFF)"},
    {"client|no-touch", "oneof:enabled(token:on=ON token:off=OFF)"},
    {"client|pause", "integer:timeout oneof:mode^6.2.0?(token:write=WRITE token:all=ALL)"},
    {"client|reply", "oneof:action(token:on=ON token:off=OFF token:skip=SKIP)"},
    {"client|setinfo", "oneof:attr(string:libname=LIB-NAME string:libver=LIB-VER)"},
    {"client|setname", "string:connection-name"},
    {"client|tracking",
     "oneof:status(token:on=ON token:off=OFF) integer:client-id=REDIRECT? string:prefix=PREFIX?*+ "
     "token:bcast=BCAST? token:optin=OPTIN? token:optout=OPTOUT? token:noloop=NOLOOP?"},
    {"client|unblock",
     "integer:client-id oneof:unblock-type?(token:timeout=TIMEOUT token:error=ERROR)"},
    {"command|docs", "string:command-name?*"},
    {"command|getkeys", "string:command string:arg?*"},
    {"command|getkeysandflags", "string:command string:arg?*"},
    {"command|info", "string:command-name?*"},
    {"command|list",
     "oneof:filterby=FILTERBY?(string:module-name=MODULE string:category=ACLCAT "
     "pattern:pattern=PATTERN)"},
    {"config|get", "string:parameter*"},
    {"config|set", "block:data*(string:parameter string:value)"},
    {"copy", "key:source@0 key:destination@1 integer:destination-db=DB? token:replace=REPLACE?"},
    {"debug", "", "", "", true},
    {"decr", "key:key@0"},
    {"decrby", "key:key@0 integer:decrement"},
    {"del", "key:key@0*"},
    {"dump", "key:key@0"},
    {"echo", "string:message"},
    {"exists", "key:key@0*"},
    {"expire",
     "key:key@0 integer:seconds "
     "oneof:condition^7.0.0?(token:nx=NX token:xx=XX token:gt=GT token:lt=LT)"},
    {"expireat",
     "key:key@0 unix-time:unix-time-seconds "
     "oneof:condition^7.0.0?(token:nx=NX token:xx=XX token:gt=GT token:lt=LT)"},
    {"expiretime", "key:key@0"},
    {"flushall", "oneof:flush-type?(token:async=ASYNC^4.0.0 token:sync=SYNC^6.2.0)"},
    {"flushdb", "oneof:flush-type?(token:async=ASYNC^4.0.0 token:sync=SYNC^6.2.0)"},
    {"get", "key:key@0"},
    {"getdel", "key:key@0"},
    {"getex",
     "key:key@0 oneof:expiration?(integer:seconds=EX integer:milliseconds=PX "
     "unix-time:unix-time-seconds=EXAT unix-time:unix-time-milliseconds=PXAT "
     "token:persist=PERSIST)"},
    {"getrange", "key:key@0 integer:start integer:end"},
    {"getset", "key:key@0 string:value", "6.2.0", "`SET` with the `!GET` argument"},
    {"hdel", "key:key@0 string:field*"},
    {"hello",
     "block:arguments?(integer:protover block:auth=AUTH?(string:username string:password) "
     "string:clientname=SETNAME?)"},
    {"hexists", "key:key@0 string:field"},
    {"hget", "key:key@0 string:field"},
    {"hgetall", "key:key@0"},
    {"hincrby", "key:key@0 string:field integer:increment"},
    {"hincrbyfloat", "key:key@0 string:field double:increment"},
    {"hkeys", "key:key@0"},
    {"hlen", "key:key@0"},
    {"hmget", "key:key@0 string:field*"},
    {"hmset", "key:key@0 block:data*(string:field string:value)", "4.0.0",
     "`HSET` with multiple field-value pairs"},
    {"hrandfield", "key:key@0 block:options?(integer:count token:withvalues=WITHVALUES?)"},
    {"hscan", "key:key@0 integer:cursor pattern:pattern=MATCH? integer:count=COUNT?"},
    {"hset", "key:key@0 block:data*(string:field string:value)"},
    {"hsetnx", "key:key@0 string:field string:value"},
    {"hstrlen", "key:key@0 string:field"},
    {"hvals", "key:key@0"},
    {"incr", "key:key@0"},
    {"incrby", "key:key@0 integer:increment"},
    {"incrbyfloat", "key:key@0 double:increment"},
    {"info", "string:section?*"},
    {"keys", "pattern:pattern"},
    {"latency|graph", "string:event"},
    {"latency|histogram", "string:command?*"},
    {"latency|history", "string:event"},
    {"latency|reset", "string:event?*"},
    {"lcs",
     "key:key1@0 key:key2@0 token:len=LEN? token:idx=IDX? "
     "integer:min-match-len%len=MINMATCHLEN? token:withmatchlen=WITHMATCHLEN?"},
    {"lindex", "key:key@0 integer:index"},
    {"linsert",
     "key:key@0 oneof:where(token:before=BEFORE token:after=AFTER) string:pivot string:element"},
    {"llen", "key:key@0"},
    {"lmove",
     "key:source@0 key:destination@1 oneof:wherefrom(token:left=LEFT token:right=RIGHT) "
     "oneof:whereto(token:left=LEFT token:right=RIGHT)"},
    {"lmpop",
     "integer:numkeys key:key@0* oneof:where(token:left=LEFT token:right=RIGHT) "
     "integer:count=COUNT?"},
    {"lolwut", "integer:version=VERSION?"},
    {"lpop", "key:key@0 integer:count^6.2.0?"},
    {"lpos",
     "key:key@0 string:element integer:rank=RANK? integer:num-matches=COUNT? integer:len=MAXLEN?"},
    {"lpush", "key:key@0 string:element*"},
    {"lpushx", "key:key@0 string:element*"},
    {"lrange", "key:key@0 integer:start integer:stop"},
    {"lrem", "key:key@0 integer:count string:element"},
    {"lset", "key:key@0 integer:index string:element"},
    {"ltrim", "key:key@0 integer:start integer:stop"},
    {"mget", "key:key@0*"},
    {"move", "key:key@0 integer:db"},
    {"mset", "block:data*(key:key@0 string:value)"},
    {"msetnx", "block:data*(key:key@0 string:value)"},
    {"object|encoding", "key:key@0"},
    {"object|freq", "key:key@0"},
    {"object|idletime", "key:key@0"},
    {"object|refcount", "key:key@0"},
    {"persist", "key:key@0"},
    {"pexpire",
     "key:key@0 integer:milliseconds "
     "oneof:condition^7.0.0?(token:nx=NX token:xx=XX token:gt=GT token:lt=LT)"},
    {"pexpireat",
     "key:key@0 unix-time:unix-time-milliseconds "
     "oneof:condition^7.0.0?(token:nx=NX token:xx=XX token:gt=GT token:lt=LT)"},
    {"pexpiretime", "key:key@0"},
    {"ping", "string:message?"},
    {"psetex", "key:key@0 integer:milliseconds string:value"},
    {"psubscribe", "pattern:pattern*"},
    {"pttl", "key:key@0"},
    {"publish", "string:channel string:message"},
    {"pubsub|channels", "pattern:pattern?"},
    {"pubsub|numsub", "string:channel?*"},
    {"pubsub|shardchannels", "pattern:pattern?"},
    {"pubsub|shardnumsub", "string:shardchannel?*"},
    {"punsubscribe", "pattern:pattern?*"},
    {"quit", "", "7.2.0", "just closing the connection"},
    {"rename", "key:key@0 key:newkey@1"},
    {"renamenx", "key:key@0 key:newkey@1"},
    {"restore",
     "key:key@0 integer:ttl string:serialized-value token:replace=REPLACE^3.0.0? "
     "token:absttl=ABSTTL^5.0.0? integer:seconds=IDLETIME^5.0.0? integer:frequency=FREQ^5.0.0?"},
    {"rpop", "key:key@0 integer:count^6.2.0?"},
    {"rpoplpush", "key:source@0 key:destination@1", "6.2.0",
     "`LMOVE` with the `RIGHT` and `LEFT` arguments"},
    {"rpush", "key:key@0 string:element*"},
    {"rpushx", "key:key@0 string:element*"},
    {"sadd", "key:key@0 string:member*"},
    {"scan", "integer:cursor pattern:pattern=MATCH? integer:count=COUNT? string:type=TYPE^6.0.0?"},
    {"scard", "key:key@0"},
    {"sdiff", "key:key@0*"},
    {"sdiffstore", "key:destination@0 key:key@1*"},
    {"select", "integer:index"},
    {"set",
     "key:key@0 string:value oneof:condition^2.6.12?(token:nx=NX token:xx=XX) "
     "token:get=GET^6.2.0? "
     "oneof:expiration?(integer:seconds=EX^2.6.12 integer:milliseconds=PX^2.6.12 "
     "unix-time:unix-time-seconds=EXAT^6.2.0 unix-time:unix-time-milliseconds=PXAT^6.2.0 "
     "token:keepttl=KEEPTTL^6.0.0)"},
    {"setex", "key:key@0 integer:seconds string:value"},
    {"setnx", "key:key@0 string:value"},
    {"setrange", "key:key@0 integer:offset string:value"},
    {"shutdown",
     "oneof:save-selector?(token:nosave=NOSAVE token:save=SAVE) token:now=NOW^7.0.0? "
     "token:force=FORCE^7.0.0? token:abort=ABORT^7.0.0?"},
    {"sinter", "key:key@0*"},
    {"sintercard", "integer:numkeys key:key@0* integer:limit=LIMIT?"},
    {"sinterstore", "key:destination@0 key:key@1*"},
    {"sismember", "key:key@0 string:member"},
    {"smembers", "key:key@0"},
    {"smismember", "key:key@0 string:member*"},
    {"smove", "key:source@0 key:destination@1 string:member"},
    {"sort",
     "key:key@0 pattern:by-pattern%pattern@1=BY? block:limit=LIMIT?(integer:offset integer:count) "
     "pattern:get-pattern%pattern@1=GET?*+ oneof:order?(token:asc=ASC token:desc=DESC) "
     "token:sorting=ALPHA? key:destination@2=STORE?"},
    {"sort_ro",
     "key:key@0 pattern:by-pattern%pattern@1=BY? block:limit=LIMIT?(integer:offset integer:count) "
     "pattern:get-pattern%pattern@1=GET?*+ oneof:order?(token:asc=ASC token:desc=DESC) "
     "token:sorting=ALPHA?"},
    {"spop", "key:key@0 integer:count^3.2.0?"},
    {"spublish", "string:shardchannel string:message"},
    {"srandmember", "key:key@0 integer:count^2.6.0?"},
    {"srem", "key:key@0 string:member*"},
    {"sscan", "key:key@0 integer:cursor pattern:pattern=MATCH? integer:count=COUNT?"},
    {"ssubscribe", "string:shardchannel*"},
    {"strlen", "key:key@0"},
    {"subscribe", "string:channel*"},
    {"substr", "key:key@0 integer:start integer:end", "2.0.0", "`GETRANGE`"},
    {"sunion", "key:key@0*"},
    {"sunionstore", "key:destination@0 key:key@1*"},
    {"sunsubscribe", "string:shardchannel?*"},
    {"swapdb", "integer:index1 integer:index2"},
    {"touch", "key:key@0*"},
    {"ttl", "key:key@0"},
    {"type", "key:key@0"},
    {"unlink", "key:key@0*"},
    {"unsubscribe", "string:channel?*"},
    {"wait", "integer:numreplicas integer:timeout"},
    {"waitaof", "integer:numlocal integer:numreplicas integer:timeout"},
    {"watch", "key:key@0*"},
    {"zadd",
     "key:key@0 oneof:condition^3.0.2?(token:nx=NX token:xx=XX) "
     "oneof:comparison^6.2.0?(token:gt=GT token:lt=LT) token:change=CH^3.0.2? "
     "token:increment=INCR^3.0.2? block:data*(double:score string:member)"},
    {"zcard", "key:key@0"},
    {"zcount", "key:key@0 double:min double:max"},
    {"zdiff", "integer:numkeys key:key@0* token:withscores=WITHSCORES?"},
    {"zdiffstore", "key:destination@0 integer:numkeys key:key@1*"},
    {"zincrby", "key:key@0 integer:increment string:member"},
    {"zinter",
     "integer:numkeys key:key@0* integer:weight=WEIGHTS?* "
     "oneof:aggregate=AGGREGATE?(token:sum=SUM token:min=MIN token:max=MAX) "
     "token:withscores=WITHSCORES?"},
    {"zintercard", "integer:numkeys key:key@0* integer:limit=LIMIT?"},
    {"zinterstore",
     "key:destination@0 integer:numkeys key:key@1* integer:weight=WEIGHTS?* "
     "oneof:aggregate=AGGREGATE?(token:sum=SUM token:min=MIN token:max=MAX)"},
    {"zlexcount", "key:key@0 string:min string:max"},
    {"zmpop",
     "integer:numkeys key:key@0* oneof:where(token:min=MIN token:max=MAX) integer:count=COUNT?"},
    {"zmscore", "key:key@0 string:member*"},
    {"zpopmax", "key:key@0 integer:count?"},
    {"zpopmin", "key:key@0 integer:count?"},
    {"zrandmember", "key:key@0 block:options?(integer:count token:withscores=WITHSCORES?)"},
    {"zrange",
     "key:key@0 string:start string:stop "
     "oneof:sortby^6.2.0?(token:byscore=BYSCORE token:bylex=BYLEX) token:rev=REV^6.2.0? "
     "block:limit=LIMIT^6.2.0?(integer:offset integer:count) token:withscores=WITHSCORES?"},
    {"zrangebylex",
     "key:key@0 string:min string:max block:limit=LIMIT?(integer:offset integer:count)", "6.2.0",
     "`ZRANGE` with the `BYLEX` argument"},
    {"zrangebyscore",
     "key:key@0 double:min double:max token:withscores=WITHSCORES^2.0.0? "
     "block:limit=LIMIT?(integer:offset integer:count)",
     "6.2.0", "`ZRANGE` with the `BYSCORE` argument"},
    {"zrangestore",
     "key:dst@0 key:src@1 string:min string:max "
     "oneof:sortby?(token:byscore=BYSCORE token:bylex=BYLEX) token:rev=REV? "
     "block:limit=LIMIT?(integer:offset integer:count)"},
    {"zrank", "key:key@0 string:member token:withscore=WITHSCORE^7.2.0?"},
    {"zrem", "key:key@0 string:member*"},
    {"zremrangebylex", "key:key@0 string:min string:max"},
    {"zremrangebyrank", "key:key@0 integer:start integer:stop"},
    {"zremrangebyscore", "key:key@0 double:min double:max"},
    {"zrevrange", "key:key@0 integer:start integer:stop token:withscores=WITHSCORES?", "6.2.0",
     "`ZRANGE` with the `REV` argument"},
    {"zrevrangebylex",
     "key:key@0 string:max string:min block:limit=LIMIT?(integer:offset integer:count)", "6.2.0",
     "`ZRANGE` with the `REV` and `BYLEX` arguments"},
    {"zrevrangebyscore",
     "key:key@0 double:max double:min token:withscores=WITHSCORES? "
     "block:limit=LIMIT?(integer:offset integer:count)",
     "6.2.0", "`ZRANGE` with the `REV` and `BYSCORE` arguments"},
    {"zrevrank", "key:key@0 string:member token:withscore=WITHSCORE^7.2.0?"},
    {"zscan", "key:key@0 integer:cursor pattern:pattern=MATCH? integer:count=COUNT?"},
    {"zscore", "key:key@0 string:member"},
    {"zunion",
     "integer:numkeys key:key@0* integer:weight=WEIGHTS?* "
     "oneof:aggregate=AGGREGATE?(token:sum=SUM token:min=MIN token:max=MAX) "
     "token:withscores=WITHSCORES?"},
    {"zunionstore",
     "key:destination@0 integer:numkeys key:key@1* integer:weight=WEIGHTS?* "
     "oneof:aggregate=AGGREGATE?(token:sum=SUM token:min=MIN token:max=MAX)"},
};

}  // namespace

std::span<const CommandSyntax> commandSyntaxTable() {
  return kTable;
}

}  // namespace inkstone

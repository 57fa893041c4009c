// What applications do with ioredis; test_ioredis.py of the integration tests runs each on a server of its own.
'use strict';

const assert = require('node:assert').strict;

exports.testCommandsOfEveryType = async ({ connect }) => {
  const redis = connect();
  assert.equal(await redis.set('k', 'v', 'EX', 100, 'NX'), 'OK');
  assert.equal(await redis.set('k', 'w', 'NX'), null);
  assert.deepEqual(await redis.mget('k', 'none'), ['v', null]);
  assert.equal(await redis.mset({ a: 1, b: 2 }), 'OK');
  assert.equal(await redis.incrby('b', 40), 42);
  assert.equal(await redis.ttl('k'), 100);
  assert.equal(await redis.hset('h', { f: 'v', g: 1 }), 2);
  assert.deepEqual(await redis.hgetall('h'), { f: 'v', g: '1' });
  assert.deepEqual(await redis.hgetall('none'), {});
  assert.deepEqual(await redis.hmget('h', 'f', 'none'), ['v', null]);
  assert.equal(await redis.rpush('l', 'x', 'y', 'z'), 3);
  assert.deepEqual(await redis.lrange('l', 0, -1), ['x', 'y', 'z']);
  assert.equal(await redis.sadd('s', 'x', 'y', 'x'), 2);
  assert.deepEqual((await redis.smembers('s')).sort(), ['x', 'y']);
  assert.equal(await redis.zadd('z', 1.5, 'm', '-inf', 'n'), 2);
  assert.deepEqual(await redis.zrange('z', 0, -1, 'WITHSCORES'), ['n', '-inf', 'm', '1.5']);
  assert.equal(await redis.type('z'), 'zset');
  assert.equal(await redis.unlink('h', 'l', 'none'), 2);
  assert.equal(await redis.dbsize(), 5);
};

exports.testBinaryAndLargeValues = async ({ connect }) => {
  const redis = connect();
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
  await redis.set(bytes, bytes);
  assert.deepEqual(await redis.getBuffer(bytes), bytes);
  const large = Buffer.alloc(5_000_000, 'x');
  await redis.hset('h', 'f', large);
  assert.deepEqual((await redis.hgetallBuffer('h')).f, large);
};

exports.testErrorsReject = async ({ Redis, connect }) => {
  const redis = connect();
  await redis.set('k', 'text');
  await assert.rejects(redis.incr('k'), (error) => {
    assert(error instanceof Redis.ReplyError);
    assert.equal(error.message, 'ERR value is not an integer or out of range');
    assert.deepEqual(error.command, { name: 'incr', args: ['k'] });
    return true;
  });
  await assert.rejects(redis.lpush('k', 'v'), /^ReplyError: WRONGTYPE /);
  await assert.rejects(redis.call('NOSUCH', 'x'), /^ReplyError: ERR unknown command 'NOSUCH'/);
  await assert.rejects(redis.call('GET'), /wrong number of arguments for 'get' command/);
  assert.equal(await redis.ping(), 'PONG');
};

exports.testPipeline = async ({ Redis, connect }) => {
  const redis = connect();
  const replies = await redis.pipeline().set('k', 'v').incr('k').get('k').lpush('l', 1, 2).exec();
  assert(replies[1][0] instanceof Redis.ReplyError);
  assert.deepEqual(replies.map(([, value]) => value), ['OK', undefined, 'v', 2]);
  assert.deepEqual(replies.map(([error]) => error === null), [true, false, true, true]);
  const long = redis.pipeline();
  for (let n = 0; n < 5000; n += 1) long.set(`k${n}`, n).get(`k${n}`);
  const values = (await long.exec()).filter((_, n) => n % 2 === 1).map(([, value]) => Number(value));
  assert.deepEqual(values, Array.from({ length: 5000 }, (_, n) => n));
};

exports.testAutoPipelining = async ({ connect, infoField }) => {
  const redis = connect({ enableAutoPipelining: true });
  await redis.mset(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, n])));
  const read = async () => Number(await infoField(redis, 'stats', 'total_reads_processed'));
  const before = await read();
  const values = await Promise.all(Array.from({ length: 1000 }, (_, n) => redis.get(`k${n}`)));
  assert.deepEqual(values.map(Number), Array.from({ length: 1000 }, (_, n) => n));
  // They came together, not one by one.
  assert((await read()) - before < 100);
  await assert.rejects(Promise.all([redis.get('k1'), redis.lpush('k1', 'x')]), /WRONGTYPE/);
};

exports.testMulti = async ({ Redis, connect }) => {
  const redis = connect();
  assert.deepEqual(await redis.multi().set('n', 1).incr('n').hset('h', 'f', 'v').hgetall('h').exec(),
    [[null, 'OK'], [null, 2], [null, 1], [null, { f: 'v' }]]);
  const mixed = await redis.multi().set('k', 'text').incr('k').set('after', 1).exec();
  assert(mixed[1][0] instanceof Redis.ReplyError);
  assert.deepEqual([mixed[0], mixed[2]], [[null, 'OK'], [null, 'OK']]);
  await assert.rejects(redis.multi().set('not', 1).call('NOSUCH').exec(), /^ReplyError: EXECABORT/);
  assert.equal(await redis.exists('not'), 0);
  await redis.multi({ pipeline: false });
  assert.equal(await redis.set('n', 10), 'QUEUED');
  assert.equal(await redis.discard(), 'OK');
  assert.equal(await redis.get('n'), '2');
};

exports.testWatch = async ({ connect }) => {
  const [redis, other] = [connect(), connect()];
  await redis.watch('k');
  await other.set('k', 'changed');
  assert.equal(await redis.multi().set('k', 'mine').exec(), null);
  assert.equal(await redis.get('k'), 'changed');
  await redis.watch('k');
  assert.deepEqual(await redis.multi().set('k', 'mine').exec(), [[null, 'OK']]);
  await redis.watch('k');
  await redis.unwatch();
  await other.set('k', 'changed');
  assert.deepEqual(await redis.multi().get('k').exec(), [[null, 'changed']]);
};

exports.testSubscribe = async ({ connect, events, eventually }) => {
  const [listener, redis] = [connect(), connect()];
  assert.equal(await listener.subscribe('a', 'b'), 2);
  const messages = events(listener, 'message', 1000);
  const sent = redis.pipeline();
  for (let n = 0; n < 1000; n += 1) sent.publish(n % 2 ? 'a' : 'b', n);
  assert.deepEqual(await sent.exec(), Array.from({ length: 1000 }, () => [null, 1]));
  assert.deepEqual(await messages, Array.from({ length: 1000 }, (_, n) => [n % 2 ? 'a' : 'b', String(n)]));
  assert.deepEqual(await listener.ping(), ['pong', '']);
  await assert.rejects(listener.get('k'), /subscriber mode/);
  assert.equal(await listener.unsubscribe('a'), 1);
  assert.equal(await redis.publish('a', 'x'), 0);
  assert.equal(await listener.unsubscribe(), 0);
  assert.equal(await listener.get('k'), null);
  await listener.subscribe('c');
  assert.equal(await listener.quit(), 'OK');
  await eventually(async () => (await redis.publish('c', 'x')) === 0, 'the end of the listener');
};

exports.testPatterns = async ({ connect, events }) => {
  const [listener, redis] = [connect(), connect()];
  assert.equal(await listener.psubscribe('n?ws', 'b*'), 2);
  const messages = events(listener, 'pmessage', 2);
  const buffers = events(listener, 'pmessageBuffer', 1);
  for (const channel of ['news', 'none', 'bb']) await redis.publish(channel, `to ${channel}`);
  assert.deepEqual(await messages, [['n?ws', 'news', 'to news'], ['b*', 'bb', 'to bb']]);
  assert.deepEqual((await buffers)[0][2], Buffer.from('to news'));
  assert.deepEqual(await redis.pubsub('NUMPAT'), 2);
  assert.equal(await listener.punsubscribe(), 0);
};

exports.testShardChannels = async ({ connect, events }) => {
  const [listener, redis] = [connect(), connect()];
  assert.equal(await listener.ssubscribe('s'), 1);
  const messages = events(listener, 'smessage', 1);
  assert.equal(await redis.spublish('s', 'm'), 1);
  assert.deepEqual(await messages, [['s', 'm']]);
};

exports.testKeyspaceNotifications = async ({ connect, events }) => {
  const [listener, redis] = [connect(), connect({ db: 2 })];
  assert.equal(await redis.config('SET', 'notify-keyspace-events', 'KEA'), 'OK');
  await listener.psubscribe('__keyspace@2__:*');
  await listener.subscribe('__keyevent@2__:expired');
  const changes = events(listener, 'pmessage', 5);
  const expired = events(listener, 'message', 1);
  await redis.set('k', 1, 'PX', 20);
  await redis.lpush('l', 'v');
  assert.deepEqual((await expired)[0], ['__keyevent@2__:expired', 'k']);
  await redis.del('l');
  assert.deepEqual((await changes).map(([, channel, event]) => `${channel.slice(15)} ${event}`),
    ['k set', 'k expire', 'l lpush', 'k expired', 'l del']);
};

exports.testBlocking = async ({ blocked, connect }) => {
  const [waiting, redis] = [connect(), connect()];
  const cases = [
    [() => waiting.blpop('none', 'l', 10), () => redis.rpush('l', 'v'), ['l', 'v']],
    [() => waiting.brpop('l', 10), () => redis.rpush('l', 'v'), ['l', 'v']],
    [() => waiting.blmove('l', 'd', 'LEFT', 'RIGHT', 10), () => redis.rpush('l', 'v'), 'v'],
    [() => waiting.brpoplpush('l', 'd', 10), () => redis.rpush('l', 'v'), 'v'],
    [() => waiting.bzpopmin('z', 10), () => redis.zadd('z', 1.5, 'm'), ['z', 'm', '1.5']],
    [() => waiting.blmpop(10, 1, 'l', 'LEFT', 'COUNT', 2), () => redis.rpush('l', 'a', 'b', 'c'), ['l', ['a', 'b']]],
  ];
  for (const [wait, push, expected] of cases) {
    const result = wait();
    await blocked(redis, 1);
    await push();
    assert.deepEqual(await result, expected);
    await redis.flushall();
  }
};

exports.testNothingComesInTime = async ({ connect }) => {
  const redis = connect();
  assert.equal(await redis.blpop('k', 0.05), null);
  assert.equal(await redis.blmove('k', 'd', 'LEFT', 'RIGHT', 0.05), null);
  assert.equal(await redis.bzpopmax('k', 0.05), null);
};

exports.testCommandsBehindABlockingOneWait = async ({ blocked, connect }) => {
  const [waiting, redis] = [connect(), connect()];
  const replies = [waiting.blpop('l', 0), waiting.set('k', 'v'), waiting.get('k')];
  await blocked(redis, 1);
  assert.equal(await redis.exists('k'), 0);
  await redis.rpush('l', 'x');
  assert.deepEqual(await Promise.all(replies), [['l', 'x'], 'OK', 'v']);
};

exports.testScanStreams = async ({ connect }) => {
  const redis = connect();
  const numbers = Array.from({ length: 1000 }, (_, n) => n);
  await redis.mset(Object.fromEntries(numbers.map((n) => [`k${n}`, n])));
  await redis.hset('h', Object.fromEntries(numbers.map((n) => [`f${n}`, n])));
  await redis.sadd('s', ...numbers);
  await redis.zadd('z', ...numbers.flatMap((n) => [n, `m${n}`]));
  const all = async (stream) => {
    const got = [];
    for await (const part of stream) got.push(...part);
    return got;
  };
  assert.equal(new Set(await all(redis.scanStream({ match: 'k*', count: 50 }))).size, 1000);
  assert.deepEqual(await all(redis.scanStream({ type: 'zset' })), ['z']);
  assert.equal((await all(redis.hscanStream('h'))).length, 2000);
  assert.deepEqual((await all(redis.sscanStream('s', { match: '99?' }))).map(Number).sort(),
    numbers.slice(990));
  assert.equal((await all(redis.zscanStream('z', { count: 10 }))).length, 2000);
};

exports.testAConnectionThatIsKilledComesBack = async ({ connect, events, eventually }) => {
  const [listener, redis] = [connect(), connect()];
  await listener.subscribe('c');
  await listener.psubscribe('p*');
  const ready = events(listener, 'ready', 1);
  assert.equal(await redis.client('KILL', 'TYPE', 'pubsub'), 1);
  await ready;
  await eventually(async () => (await redis.pubsub('NUMSUB', 'c'))[1] === 1, 'the channel');
  await eventually(async () => (await redis.pubsub('NUMPAT')) === 1, 'the pattern');
  const message = events(listener, 'message', 1);
  await redis.publish('c', 'm');
  assert.deepEqual(await message, [['c', 'm']]);
};

exports.testABlockedCommandIsSentAgain = async ({ blocked, connect, events }) => {
  const [waiting, redis] = [connect(), connect()];
  const reply = waiting.blpop('l', 0);
  await blocked(redis, 1);
  const id = /id=(\d+) [^\n]*cmd=blpop/.exec(await redis.client('LIST'))[1];
  const ready = events(waiting, 'ready', 1);
  assert.equal(await redis.client('KILL', 'ID', id), 1);
  await ready;
  await redis.rpush('l', 'v');
  assert.deepEqual(await reply, ['l', 'v']);
};

exports.testDatabaseNameAndEnd = async ({ connect, once }) => {
  const redis = connect({ db: 3, connectionName: 'me' });
  await redis.set('k', 'v');
  assert.equal(await redis.client('GETNAME'), 'me');
  assert.match(await redis.client('LIST'), /name=me [^\n]*db=3 /);
  assert.match(await redis.info('keyspace'), /db3:keys=1,/);
  const copy = redis.duplicate();
  assert.equal(await copy.get('k'), 'v');
  const end = once(copy, 'end');
  assert.equal(await copy.quit(), 'OK');
  await end;
  await redis.select(4);
  assert.equal(await redis.get('k'), null);
};

exports.testPassword = async ({ connect }) => {
  const redis = connect();
  await redis.config('SET', 'requirepass', 'secret');
  assert.equal(await connect({ password: 'secret' }).ping(), 'PONG');
  assert.equal(await connect({ username: 'default', password: 'secret' }).ping(), 'PONG');
  const once = { maxRetriesPerRequest: 0, retryStrategy: null };
  await assert.rejects(connect(once).get('k'), /NOAUTH/);
  await assert.rejects(connect({ ...once, password: 'other' }).get('k'), /WRONGPASS|NOAUTH/);
};

// Not a scenario of its own: the tests prove with it that a failure is seen.
exports.canary = async ({ connect }) => {
  assert.equal(await connect().ping(), 'not what it says');
};

// What caches in front of ioredis do; test_tracking_clients.py of the integration tests runs each on its own server.
'use strict';

const assert = require('node:assert').strict;

const CHANNEL = '__redis__:invalidate';

// A connection that is told of the keys that change, and its id.
async function invalidations(connect) {
  const listener = connect();
  const id = await listener.client('ID');
  await listener.subscribe(CHANNEL);
  return [listener, id];
}

exports.testKeysThatWereReadAreInvalidated = async ({ connect, events }) => {
  const [listener, id] = await invalidations(connect);
  const [redis, other] = [connect(), connect()];
  const messages = events(listener, 'message', 3);
  await redis.mset({ a: 1, b: 2, unread: 3 });
  assert.equal(await redis.client('TRACKING', 'ON', 'REDIRECT', id), 'OK');
  assert.equal(await redis.client('GETREDIR'), id);
  assert.equal(await redis.get('a'), '1');
  await redis.pipeline().get('b').hgetall('h').exec();
  await other.pipeline().set('unread', 'x').incr('a').incr('a').hset('h', 'f', 'v').del('b').exec();
  assert.deepEqual(await messages, ['a', 'h', 'b'].map((key) => [CHANNEL, key]));
};

exports.testPrefixesAreBroadcast = async ({ connect, events }) => {
  const [listener, id] = await invalidations(connect);
  const [redis, other] = [connect(), connect()];
  const messages = events(listener, 'message', 3);
  await redis.client('TRACKING', 'ON', 'REDIRECT', id, 'BCAST', 'PREFIX', 'user:', 'PREFIX', 'item:', 'NOLOOP');
  await redis.set('user:own', 'v');
  for (const key of ['user:1', 'other:1', 'item:1', 'user:1']) await other.set(key, 'v');
  assert.deepEqual((await messages).map(([, key]) => key), ['user:1', 'item:1', 'user:1']);
};

exports.testAFlushInvalidatesAll = async ({ connect, events }) => {
  const [listener, id] = await invalidations(connect);
  const redis = connect();
  const messages = events(listener, 'messageBuffer', 1);
  await redis.client('TRACKING', 'ON', 'REDIRECT', id);
  await redis.get('k');
  await connect().flushall();
  assert.equal((await messages)[0][1], null);
};

exports.testACacheIsNeverStaleForLong = async ({ connect, eventually }) => {
  const [listener, id] = await invalidations(connect);
  const [redis, writer] = [connect(), connect()];
  const keys = Array.from({ length: 20 }, (_, n) => `k${n}`);
  const cache = new Map();
  let invalidated = 0;
  listener.on('message', (channel, key) => {
    invalidated += 1;
    cache.delete(key);
  });
  await redis.client('TRACKING', 'ON', 'REDIRECT', id);
  let writing = true;
  const writes = (async () => {
    for (let n = 0; n < 500; n += 1) await writer.set(keys[(n * 7) % keys.length], n);
    writing = false;
  })();
  while (writing) {
    for (const key of keys) {
      if (cache.has(key)) continue;
      // Set before the read, so that an invalidation that overtakes the reply is not undone by it.
      const pending = Symbol(key);
      cache.set(key, pending);
      const value = await redis.get(key);
      if (cache.get(key) === pending) cache.set(key, value);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await writes;
  assert(invalidated > keys.length);
  await eventually(async () => {
    const values = await writer.mget(keys);
    return keys.every((key, n) => !cache.has(key) || cache.get(key) === values[n]);
  }, 'a cache without stale values');
};

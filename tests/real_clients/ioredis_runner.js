// Runs one scenario against a server: node ioredis_runner.js SCENARIOS ADDRESS NAME
// SCENARIOS is a module whose exports are the scenarios, ADDRESS the options of ioredis that lead to the server, as JSON.
// Without a name the names of all scenarios are printed.
'use strict';

const { once } = require('node:events');
const path = require('node:path');
const Redis = require('ioredis');

const [module_path, address, name] = process.argv.slice(2);
const scenarios = require(path.resolve(module_path));
const clients = [];

function connect(options = {}) {
  const client = new Redis({ ...JSON.parse(address), ...options });
  clients.push(client);
  // Without a listener an error is only logged; the scenarios see it in the command that failed.
  client.on('error', () => {});
  return client;
}

// Waits until the promise that `condition` gives holds something true; its value.
async function eventually(condition, what) {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${what}: not in time`);
}

// A field of INFO, as text.
async function infoField(client, section, field) {
  return new RegExp(`^${field}:(.*?)\r?$`, 'm').exec(await client.info(section))[1];
}

// Until `count` clients wait in a blocking command.
function blocked(client, count) {
  return eventually(async () => (await infoField(client, 'clients', 'blocked_clients')) === String(count),
    `${count} blocked clients`);
}

// The first `count` events of that name, each as the list of its arguments.
async function events(emitter, event, count) {
  const got = [];
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${got.length} of ${count} ${event} events`)), 10_000);
    emitter.on(event, (...words) => {
      got.push(words);
      if (got.length === count) {
        clearTimeout(timer);
        resolve();
      }
    });
  });
  return got;
}

async function main() {
  if (name === undefined) {
    console.log(Object.keys(scenarios).join('\n'));
    return;
  }
  try {
    await scenarios[name]({ Redis, blocked, connect, events, eventually, infoField, once });
  } finally {
    for (const client of clients) client.disconnect();
  }
}

// The library keeps timers for seconds after a connection has ended: do not wait for them.
main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// The npm package memjs, which logs in by SASL: login.js host:port user password.
'use strict';

const assert = require('node:assert/strict');
const memjs = require('memjs');

const [server, username, password] = process.argv.slice(2);
const client = memjs.Client.create(server, { username, password, retries: 1, timeout: 20 });

async function main() {
  const large = 'abcdefghij'.repeat(50_000);
  assert.equal(await client.set('k', 'v', { expires: 1000 }), true);
  assert.equal(String((await client.get('k')).value), 'v');
  await client.set('large', large, {});
  assert.equal(String((await client.get('large')).value), large);
  assert.equal((await client.increment('n', 5, { initial: 7 })).value, 7);
  assert.equal((await client.increment('n', 5, {})).value, 12);
  assert.equal(await client.delete('k'), true);
  assert.equal((await client.get('k')).value, null);
  console.log('ok');
}

main().catch((error) => {
  console.log(`failed: ${error.message}`);
  process.exitCode = 1;
}).finally(() => client.close());

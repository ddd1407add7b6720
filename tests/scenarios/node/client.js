// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// The npm package memcached at work against the server named by the argument (host:port).
'use strict';

const assert = require('node:assert/strict');
const { promisify } = require('node:util');
const Memcached = require('memcached');

const server = process.argv[2];
const client = new Memcached(server, { poolSize: 8, timeout: 20000, retries: 0 });
const call = (name, ...args) => promisify(client[name].bind(client))(...args);

const work = {
  async stores() {
    assert.equal(await call('get', 'k'), undefined);
    assert.equal(await call('set', 'k', 'v', 1000), true);
    assert.equal(await call('get', 'k'), 'v');
    await assert.rejects(call('add', 'k', 'w', 0), /not stored/);
    assert.equal(await call('replace', 'k', 'mid', 0), true);
    assert.equal(await call('append', 'k', '>'), true);
    assert.equal(await call('prepend', 'k', '<'), true);
    assert.equal(await call('get', 'k'), '<mid>');
    assert.equal(await call('del', 'k'), true);
    assert.equal(await call('del', 'k'), false);
  },

  async types() {
    const object = { list: [1, 2, { deep: 'er' }], text: 'déjà 中' };
    await call('set', 'object', object, 0);
    assert.deepEqual(await call('get', 'object'), object);
    await call('set', 'number', 42, 0);
    assert.equal(await call('get', 'number'), 42);
    await call('set', 'empty', '', 0);
    assert.equal(await call('get', 'empty'), '');
  },

  async counters() {
    await call('set', 'n', 10, 0);
    assert.equal(await call('incr', 'n', 5), 15);
    assert.equal(await call('decr', 'n', 6), 9);
    assert.equal(await call('incr', 'absent', 1), false);
  },

  async cas() {
    await call('set', 'c', 'one', 0);
    const found = await call('gets', 'c');
    assert.equal(found.c, 'one');
    assert.equal(await call('cas', 'c', 'two', found.cas, 0), true);
    assert.equal(await call('cas', 'c', 'three', found.cas, 0), false);
    assert.equal(await call('get', 'c'), 'two');
  },

  async expiry() {
    await call('set', 't', 'v', 0);
    assert.equal(await call('touch', 't', 1000), true);
    assert.equal(await call('touch', 't', -1), true);
    assert.equal(await call('get', 't'), undefined);
    assert.equal(await call('touch', 't', 10), false);
  },

  async many() {
    const values = {};
    for (let number = 0; number < 1000; number++) values[`key-${number}`] = `value ${number}`;
    await Promise.all(Object.entries(values).map(([key, value]) => call('set', key, value, 0)));
    assert.deepEqual(await call('getMulti', Object.keys(values).concat('absent')), values);
  },

  async sizes() {
    for (const size of [1, 16383, 16384, 65536, 500000, 1000000]) {
      const value = 'abcdefghij'.repeat(size / 10 + 1).slice(0, size);
      await call('set', `size-${size}`, value, 0);
      assert.equal(await call('get', `size-${size}`), value);
    }
  },

  // The client takes three numbers at the end of the line for the version and needs them.
  async version() {
    const [found] = [].concat(await call('version'));
    assert.match(found.version, /^\d+\.\d+\.\d+$/);
  },

  async flush() {
    await call('flush');
    assert.equal(await call('get', 'key-1'), undefined);
  },
};

(async () => {
  for (const [name, job] of Object.entries(work)) {
    await job();
    console.log(`ok ${name}`);
  }
  client.end();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});

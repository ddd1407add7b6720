// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// A site with express-session over HTTP, and its browsers. Arguments: the store, and host:port.
'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { once } = require('node:events');
const session = require('express-session');

const [name, server] = process.argv.slice(2);
const PREFIX = 'site:';

function openStore() {
  const Store = require(name)(session);
  return name === 'connect-memjs'
    ? new Store({ servers: [server], prefix: PREFIX })
    : new Store({ hosts: [server], prefix: PREFIX });
}

const store = openStore();
const withSession = session({
  store, secret: 'larder', resave: false, saveUninitialized: true, name: 'sid',
});

const pages = {
  '/count': (request) => { request.session.count = (request.session.count || 0) + 1; },
  '/fill': (request) => { request.session.fill = 'é\r\n'.repeat(100000); },
  '/look': () => {},
  '/renew': (request) => new Promise((done, fail) => {
    const { count } = request.session;
    request.session.regenerate((error) => {
      if (error) { fail(error); return; }
      request.session.count = count;
      done();
    });
  }),
  '/leave': (request) => new Promise((done, fail) => {
    request.session.destroy((error) => (error ? fail(error) : done()));
  }),
};

const site = http.createServer((request, response) => {
  withSession(request, response, async (error) => {
    try {
      if (error) throw error;
      await pages[request.url](request);
      const { count, fill } = request.session || {};
      response.end(JSON.stringify({ id: request.sessionID, count, fill }));
    } catch (failure) {
      response.writeHead(500).end(String(failure.stack));
    }
  });
});

class Browser {
  async visit(path) {
    const headers = this.cookie ? { cookie: this.cookie } : {};
    const reply = await fetch(`http://127.0.0.1:${site.address().port}${path}`, { headers });
    const body = await reply.text();
    assert.equal(reply.status, 200, body);
    const cookie = reply.headers.get('set-cookie');
    if (cookie) [this.cookie] = cookie.split(';');
    return JSON.parse(body);
  }
}

const work = {
  async counts() {
    const browser = new Browser();
    for (let count = 1; count <= 20; count++) {
      assert.equal((await browser.visit('/count')).count, count);
    }
  },

  async separate() {
    const [one, other] = [new Browser(), new Browser()];
    await one.visit('/count');
    await one.visit('/count');
    assert.equal((await other.visit('/count')).count, 1);
    assert.equal((await one.visit('/look')).count, 2);
  },

  async parallel() {
    await Promise.all(Array.from({ length: 50 }, async () => {
      const browser = new Browser();
      for (let count = 1; count <= 4; count++) {
        assert.equal((await browser.visit('/count')).count, count);
      }
    }));
  },

  async large() {
    const browser = new Browser();
    await browser.visit('/fill');
    assert.equal((await browser.visit('/look')).fill, 'é\r\n'.repeat(100000));
  },

  async renew() {
    const browser = new Browser();
    const { id } = await browser.visit('/count');
    const old = Object.assign(new Browser(), browser);
    assert.notEqual((await browser.visit('/renew')).id, id);
    assert.equal((await browser.visit('/look')).count, 1);
    assert.equal((await old.visit('/look')).count, undefined);
  },

  async leave() {
    const browser = new Browser();
    await browser.visit('/count');
    const old = Object.assign(new Browser(), browser);
    await browser.visit('/leave');
    assert.equal((await old.visit('/look')).count, undefined);
  },
};

(async () => {
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  for (const [job, run] of Object.entries(work)) {
    await run();
    console.log(job);
  }
  console.log(PREFIX + (await new Browser().visit('/count')).id);
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});

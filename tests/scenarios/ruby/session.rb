# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# A Rack site whose sessions dalli keeps, and dalli by itself. The argument is host:port.
require 'dalli'
require 'json'
require 'rack'
require 'rack/session/dalli'

SERVER = ARGV.fetch(0)
LARGE = "\u00fc\r\n" * 100_000
DAY_S = 86_400

PAGES = {
  '/count' => ->(session, _) { session['count'] = session.fetch('count', 0) + 1 },
  '/fill' => ->(session, _) { session['fill'] = LARGE },
  '/look' => ->(session, _) { session['count'] },
  '/renew' => ->(_, options) { options[:renew] = true },
  '/leave' => ->(session, _) { session.destroy }
}.freeze

page = lambda do |env|
  session = env['rack.session']
  PAGES.fetch(env['PATH_INFO']).call(session, env['rack.session.options'])
  [200, {}, [JSON.generate(count: session['count'], fill: session['fill'])]]
end
SITE = Rack::Session::Dalli.new(page, memcache_server: SERVER, pool_size: 4, expire_after: DAY_S)

class Browser
  attr_accessor :cookie

  def visit(path)
    reply = Rack::MockRequest.new(SITE).get(path, cookie ? { 'HTTP_COOKIE' => cookie } : {})
    set = reply['Set-Cookie']
    self.cookie = set[/\A[^;]*/] if set
    JSON.parse(reply.body)
  end

  def twin
    Browser.new.tap { |other| other.cookie = cookie }
  end
end

def check(found, wanted)
  raise "found #{found.inspect[0, 200]}, wanted #{wanted.inspect[0, 200]}" unless found == wanted
end

# Through dalli's binary protocol: what an application does beside its sessions.
def client_commands
  client = Dalli::Client.new(SERVER, compress: true)
  check client.get('absent'), nil
  client.set('k', { 'list' => [1, 2] }, 100)
  check client.get('k'), { 'list' => [1, 2] }
  check client.add('k', 1), false
  client.replace('absent', 1)
  check client.get('absent'), nil
  check client.incr('n', 5, 0, 10), 10
  check client.incr('n', 5), 15
  check client.decr('n', 20), 0
  check client.touch('k', 100), true
  check client.gat('k', 100), { 'list' => [1, 2] }
  check client.cas('k') { |value| value.merge('seen' => true) } != false, true
  values = (1..500).to_h { |number| ["key-#{number}", "value #{number}"] }
  client.multi { values.each { |key, value| client.set(key, value) } }
  check client.get_multi(values.keys + ['absent']), values
  client.set('raw', 'mid', 0, raw: true)
  client.append('raw', '>')
  client.prepend('raw', '<')
  check client.get('raw', raw: true), '<mid>'
  check client.delete('k'), true
  check !client.delete('k'), true
  client.flush
  check client.get('key-1'), nil
end

def sessions
  one = Browser.new
  (1..10).each { |count| check one.visit('/count')['count'], count }
  check Browser.new.visit('/count')['count'], 1
  one.visit('/fill')
  check one.visit('/look'), { 'count' => 10, 'fill' => LARGE }
end

def renew_and_leave
  browser = Browser.new
  browser.visit('/count')
  old = browser.twin
  browser.visit('/renew')
  check browser.cookie == old.cookie, false
  check browser.visit('/look')['count'], 1
  check old.visit('/look')['count'], nil
  left = browser.twin
  browser.visit('/leave')
  check left.visit('/look')['count'], nil
end

# Eight threads share a pool of four connections.
def crowd
  threads = Array.new(8) do
    Thread.new do
      browser = Browser.new
      (1..20).each { |count| check browser.visit('/count')['count'], count }
    end
  end
  threads.each(&:join)
end

%i[client_commands sessions renew_and_leave crowd].each do |job|
  send(job)
  puts job
end

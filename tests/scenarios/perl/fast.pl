# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# Cache::Memcached::Fast at work against the server named by the argument (host:port).
use strict;
use warnings;
use Cache::Memcached::Fast;
use Test::More;

my ($server) = @ARGV or die "usage: fast.pl HOST:PORT\n";
my %common = (servers => [$server], connect_timeout => 10, io_timeout => 10, utf8 => 1);
my $cache = Cache::Memcached::Fast->new({ %common, namespace => 'perl:' });

subtest stores => sub {
    is $cache->get('k'), undef, 'a miss';
    ok $cache->set('k', 'v'), 'set';
    is $cache->get('k'), 'v', 'get';
    is $cache->add('k', 'w'), '', 'add refuses';
    ok $cache->replace('k', 'mid'), 'replace';
    is $cache->replace('absent', 'x'), '', 'replace refuses';
    ok $cache->append('k', '>') && $cache->prepend('k', '<'), 'append and prepend';
    is $cache->get('k'), '<mid>', 'joined';
    ok $cache->delete('k'), 'delete';
    is $cache->delete('k'), '', 'nothing to delete';
};

subtest objects => sub {
    my $object = { list => [1, 2, { deep => 'er' }], text => "\x{e9}\x{4e2d}" };
    ok $cache->set('object', $object), 'a structure';
    is_deeply $cache->get('object'), $object, 'comes back';
    my $packed = Cache::Memcached::Fast->new({ %common, compress_threshold => 1000 });
    my $long = join ',', 1 .. 100_000;
    ok $packed->set('long', $long), 'compressed';
    is $packed->get('long'), $long, 'comes back';
};

subtest counters => sub {
    $cache->set('n', 10);
    is $cache->incr('n', 5), 15, 'incr';
    is $cache->decr('n', 100), '0E0', 'decr stops at zero';
    is $cache->incr('absent'), '', 'no such counter';
    $cache->set("c$_", $_) for 1 .. 3;
    my $counted = $cache->incr_multi([ 'c1', 10 ], 'c2', [ 'c3', 0 ]);
    is_deeply $counted, { c1 => 11, c2 => 3, c3 => 3 }, 'many';
};

subtest cas => sub {
    $cache->set('k', 'one');
    my $found = $cache->gets('k');
    is $found->[1], 'one', 'gets';
    ok $cache->cas('k', $found->[0], 'two'), 'cas';
    is $cache->cas('k', $found->[0], 'three'), '', 'cas with an old number';
    is $cache->get('k'), 'two', 'unchanged';
    my $many = $cache->gets_multi('k', 'absent');
    is_deeply [ keys %$many ], ['k'], 'gets_multi';
};

subtest expiry => sub {
    $cache->set('t', 'v');
    ok $cache->touch('t', 1000), 'touch';
    is $cache->gat(1000, 't'), 'v', 'gat';
    is $cache->gats(1000, 't')->[1], 'v', 'gats';
    is_deeply $cache->gat_multi(0, 't', 'absent'), { t => 'v' }, 'gat_multi';
    ok $cache->touch('t', -1), 'touch into the past';
    is $cache->get('t'), undef, 'gone';
};

subtest many => sub {
    my %values = map { ("key-$_" => "value $_" x ($_ % 50)) } 1 .. 2000;
    my $stored = $cache->set_multi(map { [ $_, $values{$_} ] } keys %values);
    is scalar(grep { $stored->{$_} } keys %values), 2000, 'set_multi';
    is_deeply $cache->get_multi(keys %values, 'absent'), \%values, 'get_multi';
    my $gone = $cache->delete_multi(map { "key-$_" } 1 .. 1000);
    is scalar(grep { $_ } values %$gone), 1000, 'delete_multi';
    is scalar(keys %{ $cache->get_multi(keys %values) }), 1000, 'the rest';
};

subtest nowait => sub {
    my $silent = Cache::Memcached::Fast->new({ %common, nowait => 1, namespace => 'nowait:' });
    $silent->set("key-$_", $_) for 1 .. 5000;   # void context: nobody waits for the reply
    $silent->set('n', 0);
    $silent->incr('n') for 1 .. 1000;
    $silent->nowait_push;
    is $silent->get('key-5000'), 5000, 'the last one is there';
    is $silent->get('n'), 1000, 'every one counted';
};

subtest sizes => sub {
    for my $size (0, 1, 16_383, 16_384, 65_536, 500_000, 1_000_000) {
        my $value = join '', map { chr(65 + $_ % 26) } 1 .. $size;
        ok $cache->set("size-$size", $value), "set $size";
        ok $cache->get("size-$size") eq $value, "get $size";
    }
};

subtest server => sub {
    my ($version) = values %{ $cache->server_versions };
    like $version, qr/^1\.6\.\d+/, "version $version";
    ok scalar(values %{ $cache->flush_all }), 'flush_all';
    is_deeply $cache->get_multi('key-1500', 'object'), {}, 'nothing left';
};

done_testing;

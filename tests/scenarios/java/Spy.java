// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// spymemcached at work in both protocols; the argument is host:port.

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.spy.memcached.AddrUtil;
import net.spy.memcached.CASResponse;
import net.spy.memcached.CASValue;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;
import net.spy.memcached.MemcachedClient;

final class Spy {
    private static final int WAIT_MS = 20_000;
    private static final int KEYS = 2_000;

    private final MemcachedClient client;
    private final boolean binary;

    private Spy(String server, Protocol protocol) throws Exception {
        client = new MemcachedClient(new ConnectionFactoryBuilder().setProtocol(protocol)
                .setOpTimeout(WAIT_MS).build(), AddrUtil.getAddresses(server));
        binary = protocol == Protocol.BINARY;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static <T> T wait(Future<T> future) throws Exception {
        return future.get(WAIT_MS, TimeUnit.MILLISECONDS);
    }

    private void stores() throws Exception {
        check(client.get("k") == null, "miss");
        check(wait(client.set("k", 100, "mid")), "set");
        check(!wait(client.add("k", 100, "other")), "add of what exists");
        check(!wait(client.replace("absent", 100, "other")), "replace of what is missing");
        check(wait(client.append("k", ">")) && wait(client.prepend("k", "<")), "append, prepend");
        check("<mid>".equals(client.get("k")), "value");
        check(wait(client.touch("k", 100)), "touch");
        check(!wait(client.touch("absent", 100)), "touch of what is missing");
        check(wait(client.delete("k")) && !wait(client.delete("k")), "delete");
    }

    private void counters() throws Exception {
        check(client.incr("n", 5, 10) == 10, "incr with a first value");
        check(client.incr("n", 5, 10) == 15, "incr");
        check(client.decr("n", 20, 7) == 0, "decr stops at nothing");
        check(client.incr("absent", 1) == -1, "incr of what is missing");
    }

    private void cas() throws Exception {
        check(wait(client.set("c", 0, "one")), "set");
        CASValue<Object> found = client.gets("c");
        check("one".equals(found.getValue()), "gets");
        check(client.cas("c", found.getCas(), "two") == CASResponse.OK, "cas");
        check(client.cas("c", found.getCas(), "three") == CASResponse.EXISTS, "stale cas");
        check(client.cas("absent", 1, "x") == CASResponse.NOT_FOUND, "cas of what is missing");
        check("two".equals(client.get("c")), "value");
    }

    /** Asked one by one without waiting: the client gathers them into a getq multi or one get. */
    private void optimised() throws Exception {
        Map<String, Object> values = new HashMap<>();
        List<Future<Boolean>> stored = new ArrayList<>();
        for (int number = 0; number < KEYS; ++number) {
            values.put("key-" + number, number);
            stored.add(client.set("key-" + number, 1000, number));
        }
        for (Future<Boolean> each : stored) {
            check(wait(each), "set");
        }
        List<Future<Object>> asked = new ArrayList<>();
        for (int number = 0; number < KEYS; ++number) {
            asked.add(client.asyncGet("key-" + number));
        }
        for (int number = 0; number < KEYS; ++number) {
            check(wait(asked.get(number)).equals(number), "get " + number);
        }
        List<String> names = new ArrayList<>(values.keySet());
        names.add("absent");
        check(client.getBulk(names).equals(values), "getBulk");
    }

    private void large() throws Exception {
        byte[] value = new byte[1_000_000];
        new Random(1).nextBytes(value);
        check(wait(client.set("large", 0, value)), "set");
        check(Arrays.equals(value, (byte[]) client.get("large")), "get");
    }

    private void rest() throws Exception {
        if (binary) {
            check(client.getAndTouch("t", 100) == null, "gat of what is missing");
            check(wait(client.set("t", 100, "v")), "set");
            check("v".equals(client.getAndTouch("t", 1000).getValue()), "gat");
        }
        check(client.getVersions().size() == 1, "version");
        check(client.getStats().values().iterator().next().containsKey("pid"), "stats");
        check(wait(client.flush()) && client.get("key-1") == null, "flush");
    }

    private void work() throws Exception {
        stores();
        counters();
        cas();
        optimised();
        large();
        rest();
        client.shutdown(WAIT_MS, TimeUnit.MILLISECONDS);
    }

    public static void main(String[] args) throws Exception {
        for (Protocol protocol : List.of(Protocol.TEXT, Protocol.BINARY)) {
            new Spy(args[0], protocol).work();
            System.out.println("ok " + protocol);
        }
    }
}

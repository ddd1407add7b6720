<?php
// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// One page of a site with sessions: what it does is its path, and it answers with JSON.

if (isset($_GET['retries'])) {
    ini_set('memcached.sess_lock_retries', $_GET['retries']);
}
if (!@session_start()) {
    http_response_code(503);    // somebody else keeps the lock
    exit;
}
switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/count':
        $seen = $_SESSION['count'] ?? 0;
        usleep(2000);           // time for another request to come between
        $_SESSION['count'] = $seen + 1;
        break;
    case '/fill':
        $_SESSION['fill'] = str_repeat("\x00\r\nü", intdiv((int) $_GET['bytes'], 5));
        break;
    case '/renew':
        session_regenerate_id(true);
        break;
    case '/leave':
        session_destroy();
        break;
}
echo json_encode(['id' => session_id(), 'count' => $_SESSION['count'] ?? 0,
                  'fill' => md5($_SESSION['fill'] ?? '')]);

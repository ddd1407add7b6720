# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Django over pymemcache: its cache, and its sessions of both kinds, through whole requests."""
import concurrent.futures

import django
import pytest
from django.conf import settings
from django.core.cache import cache as django_cache
from django.core.management import call_command
from django.http import JsonResponse
from django.test import Client, override_settings
from django.urls import path

DAY_S = 24 * 3600


def count(request):
    request.session["count"] = request.session.get("count", 0) + 1
    return JsonResponse({"count": request.session["count"]})


def look(request):
    return JsonResponse(dict(request.session))


def fill(request):
    request.session["fill"] = "ü\r\n" * 100_000
    return JsonResponse({})


def renew(request):
    request.session.cycle_key()
    return JsonResponse({})


def leave(request):
    request.session.flush()
    return JsonResponse({})


urlpatterns = [path(view.__name__, view) for view in (count, look, fill, renew, leave)]


@pytest.fixture(scope="module")
def site(cache, tmp_path_factory):
    """Django is configured once in a process; the cache and the data base are set for each."""
    if not settings.configured:
        settings.configure(
            ROOT_URLCONF=__name__, SECRET_KEY="larder", ALLOWED_HOSTS=["testserver"], USE_TZ=True,
            INSTALLED_APPS=["django.contrib.sessions"],
            MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3",
                                   "NAME": tmp_path_factory.mktemp("django") / "sessions.sqlite"}})
        django.setup()
        call_command("migrate", verbosity=0)
    with override_settings(CACHES={"default": {
            "BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache",
            "LOCATION": "%s:%d" % cache.address}}):
        yield


@pytest.fixture(params=["cache", "cached_db"])
def open_browser(site, request):
    with override_settings(SESSION_ENGINE=f"django.contrib.sessions.backends.{request.param}"):
        yield Client


def item(browser):
    """The cache's name for a browser's session."""
    kind = settings.SESSION_ENGINE.rpartition(".")[2]
    return f":1:django.contrib.sessions.{kind}{browser.cookies['sessionid'].value}"


def test_sessions(open_browser):
    one, other = open_browser(), open_browser()
    assert [one.get("/count").json()["count"] for _ in range(5)] == [1, 2, 3, 4, 5]
    assert other.get("/count").json() == {"count": 1}
    one.get("/fill")
    assert one.get("/look").json() == {"count": 5, "fill": "ü\r\n" * 100_000}


def test_a_session_is_in_the_cache_for_two_weeks(open_browser, cache, connect):
    browser = open_browser()
    browser.get("/count")
    said = connect(cache).ask(f"mg {item(browser)} t\r\n".encode())
    assert 13 * DAY_S < int(said.removeprefix(b"HD t")) <= 14 * DAY_S


def test_renew_and_leave(open_browser, cache, connect):
    wire = connect(cache)
    browser = open_browser()
    browser.get("/count")
    before = item(browser)
    browser.get("/renew")
    after = item(browser)
    assert after != before and browser.get("/look").json() == {"count": 1}
    assert wire.ask(f"mg {before}\r\n".encode()) == b"EN\r\n"
    browser.get("/leave")
    assert wire.ask(f"mg {after}\r\n".encode()) == b"EN\r\n"
    assert browser.get("/look").json() == {}


def test_what_the_cache_forgets(open_browser):
    """cached_db reads its data base again; cache begins anew."""
    browser = open_browser()
    browser.get("/count")
    django_cache.clear()
    wanted = {"count": 1} if settings.SESSION_ENGINE.endswith("cached_db") else {}
    assert browser.get("/look").json() == wanted


@pytest.mark.parametrize("open_browser", ["cache"], indirect=True)
def test_browsers_side_by_side(open_browser):
    def work(_):
        browser = open_browser()
        return [browser.get("/count").json()["count"] for _ in range(20)]
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert list(threads.map(work, range(8))) == [list(range(1, 21))] * 8


def test_cache(site):
    assert django_cache.get("absent", "other") == "other"
    assert django_cache.add("k", [1, "é"], 100) and not django_cache.add("k", 2)
    assert django_cache.get("k") == [1, "é"]
    assert django_cache.touch("k", 50) and not django_cache.touch("absent")
    django_cache.set("n", 5)
    assert django_cache.incr("n", 4) == 9 and django_cache.decr("n") == 8
    with pytest.raises(ValueError):
        django_cache.incr("absent")
    values = {f"key-{number}": number for number in range(500)}
    assert django_cache.set_many(values) == []
    assert django_cache.get_many([*values, "absent"]) == values
    assert django_cache.get_or_set("made", lambda: "here") == "here"
    assert django_cache.delete("k") and not django_cache.delete("k")
    django_cache.clear()
    assert django_cache.get("key-1") is None

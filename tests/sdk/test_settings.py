"""Settings: what they become, and what each says when it cannot work."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from volery import Cache, ConcurrencyLimitBehavior, ConcurrencyPolicy, Resources, Retry, Timeout
from volery.errors import DefinitionError, RecoverableError
from volery.ir.policy import Backoff, Caching, Limits, Request
from volery.ir.specs import Concurrency

HERE = r"\(.*test_settings\.py:\d+\)"


# -- retries -------------------------------------------------------------------------------------


def test_a_retry_says_how_long_to_wait():
    retry = Retry(
        3, backoff=timedelta(seconds=2), factor=3, max_backoff=timedelta(minutes=1), jitter=0.5
    )
    assert retry.waits() == Backoff(first=2.0, factor=3.0, most=60.0, jitter=0.5)
    assert Retry(3).waits() == Backoff()


def test_a_long_first_wait_is_no_longer_than_the_longest():
    assert Retry(2, backoff=7200).waits().most == 7200


def test_a_retry_without_filters_follows_every_exception():
    retry = Retry(2)
    assert retry.follows(ValueError())
    assert not retry.filters


def test_filters_say_which_exceptions_are_followed():
    retry = Retry(2, on=(OSError, ValueError), never=FileNotFoundError)
    assert retry.filters
    assert retry.follows(OSError())
    assert retry.follows(UnicodeError())  # a subclass of ValueError
    assert not retry.follows(FileNotFoundError())
    assert not retry.follows(KeyError())


def test_a_request_for_a_retry_is_always_followed():
    assert Retry(2, on=ValueError).follows(RecoverableError("again"))
    assert Retry(2, never=(RecoverableError, ValueError)).follows(RecoverableError("again"))
    assert Retry(2, on=RecoverableError, never=Exception).follows(RecoverableError("again"))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Retry(0), "attempts= takes a whole number of at least 1, got 0"),
        (lambda: Retry(1.5), "attempts= takes a whole number"),
        (lambda: Retry(2, backoff=-1), "backoff= takes a timedelta or .* 0 or more, got -1"),
        (lambda: Retry(2, backoff="1s"), "backoff= takes a timedelta or a number of seconds"),
        (lambda: Retry(2, factor=0.5), "factor= takes a number of at least 1, got 0.5"),
        (lambda: Retry(2, factor=math.inf), "factor= takes a number of at least 1"),
        (lambda: Retry(2, jitter=1.5), "jitter= takes a number from 0 to 1, got 1.5"),
        (lambda: Retry(2, jitter=True), "jitter= takes a number from 0 to 1, got True"),
        (lambda: Retry(2, backoff=9, max_backoff=3), "max_backoff= is 3 s, less than .* 9 s"),
        (lambda: Retry(2, max_backoff=0), "max_backoff= takes .*, more than 0, got 0"),
        (lambda: Retry(2, on=("ValueError",)), "on= takes classes of exceptions, got 'ValueError'"),
        (lambda: Retry(2, on=int), "on= takes classes of exceptions, got <class 'int'>"),
        (lambda: Retry(2, never=ValueError()), r"never= takes classes of exceptions"),
        (lambda: Retry(2, on=FileNotFoundError, never=OSError), "never= has all that on= has"),
    ],
)
def test_a_retry_that_cannot_work_is_refused(make, told):
    with pytest.raises(DefinitionError, match=rf"Retry {HERE}: {told}"):
        make()


# -- time limits ---------------------------------------------------------------------------------


def test_limits_are_durations_or_seconds():
    timeout = Timeout(queued=1, running=timedelta(minutes=1), total=90.5)
    assert timeout.limits() == Limits(queued=1.0, running=60.0, total=90.5)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, " limits nothing"),
        ({"running": 0}, r": running= takes .* more than 0, got 0\n  hint: leave running= out"),
        ({"total": timedelta(0)}, ": total= takes .* more than 0"),
        ({"queued": -1}, ": queued= takes"),
        ({"running": math.nan}, ": running= takes"),
        ({"running": math.inf}, ": running= takes"),
        ({"running": True}, ": running= takes"),
        ({"queued": 5, "total": 3}, ": queued= is 5 s, more than total=, 3 s"),
        ({"running": 5, "total": 3}, ": running= is 5 s, more than total=, 3 s"),
    ],
)
def test_a_timeout_that_cannot_work_is_refused(given, told):
    with pytest.raises(DefinitionError, match=rf"Timeout {HERE}{told}"):
        Timeout(**given)


# -- cache ---------------------------------------------------------------------------------------


def test_a_cache_says_what_counts():
    cache = Cache("2", serialize=True, ignored_inputs="a", salt="s", ttl=timedelta(days=1))
    assert cache.caching() == Caching("2", serialize=True, ignored=("a",), salt="s", ttl=86400.0)
    assert Cache(ignored_inputs=["a", "b"]).caching() == Caching(ignored=("a", "b"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"version": ""}, r"version= is empty\n  hint: leave it out"),
        ({"version": 2}, "version= takes a string, got 2"),
        ({"serialize": 1}, "serialize= takes True or False, got 1"),
        ({"ignored_inputs": 3}, "ignored_inputs= takes names of inputs, got 3"),
        ({"ignored_inputs": (3,)}, "ignored_inputs= takes a string, got 3"),
        ({"salt": None}, "salt= takes a string, got None"),
        ({"ttl": 0}, "ttl= takes .* more than 0, got 0"),
        ({"ttl": -1}, "ttl= takes"),
    ],
)
def test_a_cache_that_cannot_work_is_refused(given, told):
    with pytest.raises(DefinitionError, match=rf"Cache {HERE}: {told}"):
        Cache(**given)


# -- resources -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "request_"),
    [
        ({"cpu": "500m"}, Request(cpu=0.5)),
        ({"cpu": "1.5"}, Request(cpu=1.5)),
        ({"cpu": 2}, Request(cpu=2.0)),
        ({"mem": "500Mi"}, Request(mem=500 << 20)),
        ({"mem": "1G"}, Request(mem=10**9)),
        ({"mem": "2Ki"}, Request(mem=2048)),
        ({"mem": "1.5k"}, Request(mem=1500)),
        ({"mem": "0.1Ki"}, Request(mem=103)),
        ({"mem": "9007199254740993"}, Request(mem=9007199254740993)),
        ({"mem": "1e3"}, Request(mem=1000)),
        ({"gpu": "1"}, Request(gpu=1)),
        ({"ephemeral_storage": 1024}, Request(ephemeral_storage=1024)),
    ],
)
def test_amounts_are_read_as_kubernetes_writes_them(given, request_):
    assert Resources(**given).split() == (request_, Request())


def test_pairs_are_a_request_and_a_limit():
    both = Resources(cpu=("500m", 1), mem=["1Gi", "2Gi"], gpu=1)
    assert both.paired
    assert both.split() == (Request(cpu=0.5, mem=1 << 30, gpu=1), Request(cpu=1.0, mem=2 << 30))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"cpu": "a lot"}, "cpu= takes processors, .* got 'a lot'"),
        ({"cpu": "1Gi"}, "cpu= takes processors"),
        ({"cpu": -1}, "cpu= takes processors, .* got -1"),
        ({"cpu": math.nan}, "cpu= takes processors"),
        ({"cpu": True}, "cpu= takes processors"),
        ({"mem": "500m"}, "mem= takes bytes, .* got '500m'"),
        ({"mem": "5GB"}, "mem= takes bytes"),
        ({"mem": ""}, "mem= takes bytes"),
        ({"mem": "1e400"}, "mem= takes bytes, .* got '1e400'"),
        ({"mem": 2**63}, "mem= takes bytes"),
        ({"cpu": "9" * 5000}, "cpu= takes processors"),
        ({"gpu": 0.5}, "gpu= takes a whole number of devices, got 0.5"),
        ({"ephemeral_storage": object}, "ephemeral_storage= takes bytes"),
        ({"cpu": ("1",)}, r"cpu= takes an amount, or a request and a limit, got \('1',\)"),
        ({"cpu": ("1", "x")}, "cpu= takes processors, .* got 'x'"),
    ],
)
def test_amounts_that_cannot_be_read_are_refused(given, told):
    with pytest.raises(DefinitionError, match=rf"Resources {HERE}: {told}"):
        Resources(**given)


# -- concurrency ---------------------------------------------------------------------------------


def test_a_concurrency_policy_says_what_becomes_of_one_too_many():
    assert ConcurrencyPolicy(2).concurrency() == Concurrency(2, "skip")
    policy = ConcurrencyPolicy(max_concurrency=1, behavior=ConcurrencyLimitBehavior.REPLACE)
    assert policy.concurrency() == Concurrency(1, "replace")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"max_concurrency": 0}, "max_concurrency= takes a whole number of at least 1, got 0"),
        ({"max_concurrency": 1, "behavior": "skip"}, "behavior= takes .*SKIP.* got 'skip'"),
    ],
)
def test_a_concurrency_policy_that_cannot_work_is_refused(given, told):
    with pytest.raises(DefinitionError, match=rf"ConcurrencyPolicy {HERE}: {told}"):
        ConcurrencyPolicy(**given)


def test_a_duration_that_nobody_can_mean_is_refused():
    with pytest.raises(DefinitionError, match=r"backoff= is more than 100 years, got 1e\+300"):
        Retry(3, backoff=1e300)


@pytest.mark.parametrize("more", [{"backoff": 3}, {"on": ValueError}, {"never": ValueError}])
def test_a_retry_of_one_attempt_that_says_how_to_retry_is_refused(more):
    with pytest.raises(DefinitionError, match="attempts= counts the first one") as refused:
        Retry(1, **more)
    assert refused.value.hint == "write attempts=2 for one further attempt"


@pytest.mark.parametrize(
    ("make", "wrong", "right"),
    [
        (Retry, "backof", "backoff"),
        (Timeout, "runing", "running"),
        (Cache, "ignored_input", "ignored_inputs"),
        (Resources, "memory", "mem"),
        (ConcurrencyPolicy, "max_concurency", "max_concurrency"),
    ],
)
def test_a_name_that_a_setting_does_not_have_is_refused_with_the_nearest(make, wrong, right):
    with pytest.raises(
        DefinitionError, match=rf"{make.__name__} \(.*:\d+\) has no {wrong}="
    ) as bad:
        make(**{wrong: 1})
    assert bad.value.hint is not None
    assert right in bad.value.hint

"""URIs and the object stores that they lead to."""

from __future__ import annotations

import pytest

from volery.data.places import is_uri, parts_of, path_of, place_of
from volery.data.storage import Storage
from volery.errors import ConfigError

DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("file:///a/b%20c%23%3F", ("file", "", "a/b c#?")),
        ("file://localhost/a//b/", ("file", "", "a/b")),
        ("memory://a/b", ("memory", "", "a/b")),
        ("memory://", ("memory", "", "")),
        ("s3://bucket", ("s3", "bucket", "")),
        ("s3://bucket/a%20b?c#d/", ("s3", "bucket", "a%20b?c#d")),
        ("gs://bucket/a", ("gs", "bucket", "a")),
        ("az://container/a", ("az", "container", "a")),
        ("abfss://c@me.dfs.core.windows.net/a", ("abfss", "c@me.dfs.core.windows.net", "a")),
        ("https://host:81/a%20b/", ("https", "host:81", "a b")),
        ("http://host/a?b=c#d", ("http", "host/?b=c", "a")),
    ],
)  # fmt: skip
def test_a_uri_is_taken_apart(uri, parts):
    assert parts_of(uri) == parts


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("", "is no URI"),
        ("/a/b", "is no URI"),
        ("file:a", "is no URI"),
        ("file://host/a", "three slashes"),
        ("file://a", "three slashes"),
        ("s3://", "the name of the bucket is missing"),
        ("s3:///a", "the name of the bucket is missing"),
        ("https:///a", "the name of the host is missing"),
        ("http://[::1/a", "Invalid IPv6 URL"),
        ("s4://bucket/a", "the scheme 's4' is unknown"),
    ],
)
def test_a_malformed_uri_is_refused(uri, told):
    with pytest.raises(ConfigError) as caught:
        place_of(uri)
    assert told in caught.value.message


def test_an_unknown_scheme_suggests_a_known_one():
    with pytest.raises(ConfigError) as caught:
        place_of("s4://bucket/a")
    assert "s3" in caught.value.hint


@pytest.mark.parametrize(
    "uri",
    [
        "s3://key:secret@bucket/a",
        "https://me:secret@host/a",
        "https://host/a?sig=secret",
        "https://host/a?b=1&X-Amz-Signature=secret",
        "az://container/a?SIG=secret",
        "gs://bucket/a?X-Goog-Credential=secret",
    ],
)
def test_credentials_in_a_uri_are_refused_and_not_repeated(uri):
    with pytest.raises(ConfigError, match="carries no credentials") as caught:
        place_of(uri)
    assert "secret" not in str(caught.value)


def test_only_a_uri_is_one():
    assert is_uri("s3://bucket/a")
    assert is_uri("file:///a")
    assert not is_uri("/a")
    assert not is_uri("s3")
    assert not is_uri("C://a")


def test_a_file_uri_is_a_path(tmp_path):
    assert path_of((tmp_path / "a b").as_uri()) == tmp_path / "a b"
    assert path_of("s3://bucket/a") is None


# --- object stores -------------------------------------------------------------------------------


def test_a_bucket_has_one_store_for_its_options():
    options = {"access_key_id": "a", "secret_access_key": "b"}
    store = place_of("s3://bucket/a", options).store
    assert place_of("s3://bucket/b", dict(options)).store is store
    assert place_of("s3://other/a", options).store is not store
    assert place_of("s3://bucket/a", {**options, "region": "eu-west-1"}).store is not store


def test_other_variables_make_another_store(monkeypatch):
    store = place_of("s3://bucket/a", {}).store
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert place_of("s3://bucket/a", {}).store is not store


@pytest.mark.parametrize(
    ("url", "options", "shown"),
    [
        ("gs://b/x", {"skip_signature": "true", "timeout": "10s"}, 'GCSStore(bucket="b")'),
        (
            "az://container/x",
            {"account_name": "me", "account_key": "Zm9v", "max_retries": "2"},
            'AzureStore(container_name="container", account_name="me")',
        ),
        (
            "abfss://container@me.dfs.core.windows.net/x",
            {"account_key": "Zm9v"},
            'AzureStore(container_name="container", account_name="me")',
        ),
    ],
)  # fmt: skip
def test_google_and_azure_are_stores_too(url, options, shown):
    assert repr(place_of(url, options).store) == shown
    assert Storage(url, options).uri(DIGEST) == f"{url}/blobs/ab/{DIGEST}"


@pytest.mark.parametrize(
    ("url", "options", "told"),
    [
        ("s3://bucket", {"regin": "x"}, "'regin' is not valid"),
        ("gs://bucket", {"region": "x"}, "'region' is not valid"),
        ("s3://bucket", {"timeout": "soon"}, 'failed to parse "soon"'),
        ("s3://bucket", {"max_retries": "some"}, "max_retries and retry_timeout are numbers"),
        ("az://container", {}, "Account must be specified"),
        ("memory://", {"size": "1"}, "no option is named 'size'"),
    ],
)
def test_an_option_that_cannot_be_used_is_told_with_its_store(url, options, told, monkeypatch):
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(ConfigError) as caught:
        place_of(url, options)
    assert told in caught.value.message
    assert caught.value.message.startswith(url.partition("://")[0])


def test_a_bucket_takes_options_of_the_settings(tmp_path, monkeypatch):
    (tmp_path / "volery.toml").write_text(
        '[storage_options.az]\naccount_name = "all"\n'
        '[storage_options."az://special"]\naccount_name = "one"\n'
    )
    monkeypatch.chdir(tmp_path)
    assert 'account_name="all"' in repr(place_of("az://container/x").store)
    assert 'account_name="one"' in repr(place_of("az://special/x").store)

"""Secrets: where they come from, what an attempt sees of them, and that nothing else does."""

from __future__ import annotations

import json
import sqlite3
from base64 import b64encode
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from tests.services import secretive

from volery import Secret, task
from volery.config import Settings
from volery.engine.model import Phase
from volery.errors import ConfigError, DefinitionError, NotFound
from volery.ir.secret import Blotter, SecretValue, found_in
from volery.ir.values import pack
from volery.services.engine import embedded
from volery.services.logs import Logs
from volery.services.secrets import Secrets

VALUE = "s3cr3t value & more"
ROOT = str(Path(__file__).parents[2])


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def given(monkeypatch):
    monkeypatch.setenv("VOLERY_SECRET_DB_PASSWORD", VALUE)
    monkeypatch.setenv("VOLERY_SECRET_API_TOKEN", "t0k3n")
    monkeypatch.setenv("VOLERY_SECRET_TLS_CERT_PEM", "-----BEGIN-----\nabcdef\n-----END-----\n")


@pytest.fixture
def engine(volery_home, given):
    with embedded(volery_home, workers=1, import_roots=[ROOT]) as engine:
        yield engine


@pytest.fixture
def secrets(tmp_path):
    return Secrets(Settings(home=tmp_path / "home"))


def written(folder, name, value):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(value)


# -- where they come from -------------------------------------------------------------------------


def test_the_environment_comes_before_files(secrets, tmp_path, monkeypatch):
    written(tmp_path / "home" / "secrets", "db/password", "of a file\n")
    assert secrets.get("db", "password") == "of a file"
    monkeypatch.setenv("VOLERY_SECRET_DB_PASSWORD", "of the environment")
    assert secrets.get("db", "password") == "of the environment"


def test_names_become_names_of_variables(secrets, monkeypatch):
    monkeypatch.setenv("VOLERY_SECRET_MY_DB_PASS_WORD_2", "value")
    assert secrets.get("my-db", "pass.word_2") == "value"
    monkeypatch.setenv("VOLERY_SECRET_KEY", "no group")
    assert secrets.get("", "key") == "no group"


def test_the_setting_names_the_folder(tmp_path):
    written(tmp_path, "db/password", "in the folder")
    written(tmp_path, "token", "in no group")
    chosen = Secrets(Settings(home=tmp_path / "home", secrets_folder=tmp_path))
    assert chosen.get("db", "password") == "in the folder"
    assert chosen.get("", "token") == "in no group"


def test_the_keyring_comes_last(secrets, monkeypatch):
    import keyring
    from keyring.backend import KeyringBackend

    class Ring(KeyringBackend):
        priority = 1

        def set_password(self, service, username, password):
            raise NotImplementedError

        def get_password(self, service, username):
            return {("volery/db", "password"): "of the ring"}.get((service, username))

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        assert secrets.get("db", "password") == "of the ring"
    finally:
        keyring.set_keyring(before)


def test_one_that_is_nowhere_says_where_it_was_looked_for(secrets, tmp_path):
    with pytest.raises(NotFound) as caught:
        secrets.get("db", "password")
    assert caught.value.code == "MissingSecret"
    for place in (
        "db/password",
        "VOLERY_SECRET_DB_PASSWORD",
        str(tmp_path / "home" / "secrets" / "db" / "password"),
        "/etc/volery/secrets/db/password",
        "volery/db in the keyring",
    ):
        assert place in caught.value.message


@pytest.mark.parametrize("key", ["../password", "/etc/passwd", "..", "", "a/b", "a\0b", "-x"])
def test_a_name_that_leads_elsewhere_is_refused(secrets, key):
    with pytest.raises(ConfigError, match="is no name of a secret"):
        secrets.get("db", key)


@pytest.mark.parametrize("value", ["", "abc", " a "])
def test_one_that_is_too_short_to_be_kept_out_of_texts_is_refused(secrets, monkeypatch, value):
    monkeypatch.setenv("VOLERY_SECRET_DB_PASSWORD", value)
    with pytest.raises(ConfigError, match="fewer than 4 characters") as caught:
        secrets.get("db", "password")
    assert caught.value.code == "UnusableSecret"


def test_one_that_is_no_text_is_refused_without_being_shown(secrets, tmp_path):
    file = tmp_path / "home" / "secrets" / "db" / "password"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xfe hidden")
    with pytest.raises(ConfigError, match="is no text") as caught:
        secrets.get("db", "password")
    assert "hidden" not in str(caught.value)


# -- what an attempt sees -------------------------------------------------------------------------


def test_an_attempt_sees_what_it_asked_for_and_the_next_one_does_not(engine):
    assert engine.run(secretive.look).outputs == {"o0": [len(VALUE), 5, 1]}
    assert engine.run(secretive.looking).outputs == {"o0": [len(VALUE), 5, 1]}
    assert engine.run(secretive.look_around).outputs == {"o0": []}


def test_a_file_is_private_and_gone_afterwards(engine):
    path, *modes = engine.run(secretive.read_file).outputs["o0"]
    assert modes == ["0o600", "0o700"]
    assert not Path(path).exists()


def test_a_plain_call_has_them_too(given):
    assert secretive.look() == [len(VALUE), 5, 1]
    assert secretive.looking() == [len(VALUE), 5, 1]
    assert not Path(secretive.read_file()[0]).exists()


def test_a_plain_call_without_them_says_where_it_looked(volery_home):
    with pytest.raises(NotFound, match="VOLERY_SECRET_DB_PASSWORD"):
        secretive.look()


def test_a_missing_one_fails_the_attempt_at_once(engine):
    run = engine.run(secretive.missing)
    assert run.phase is Phase.FAILED
    assert (run.failure.code, run.failure.retryable) == ("MissingSecret", False)
    assert "VOLERY_SECRET_NO_WHERE" in run.failure.message
    assert len(engine.store.attempts(run.execution)) == 1


# -- that nothing else does -----------------------------------------------------------------------


def every_byte(engine):
    """All that the engine has written: database, logs, storage."""
    with sqlite3.connect(engine.home.database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    files = [each for each in engine.home.folder.rglob("*") if each.is_file()]
    return b"".join(each.read_bytes() for each in files)


def test_a_failure_and_a_log_show_a_mark_in_their_place(volery_home, given):
    with embedded(volery_home, workers=1, import_roots=[ROOT]) as engine:
        run = engine.run(secretive.fail)
        log = Logs(engine.home, engine.storage, engine.store).log(run.execution, "fail", 1)
    assert run.failure.message == "cannot connect: [secret db/password]"
    assert run.failure.cause.message.endswith("'refused: [secret db/password]'")
    assert "[secret db/password]" in run.failure.traceback
    assert [each.text for each in log.records] == ["connecting with [secret db/password]"] * 2
    assert VALUE.encode() not in every_byte(engine)


@pytest.mark.parametrize("size", [0, 100_000], ids=["here", "offloaded"])
def test_an_output_with_one_fails_the_attempt(engine, size):
    run = engine.run(secretive.leak, {"size": size})
    assert run.failure.code == "SecretInOutputs"
    assert "output leak contains the secret db/password" in run.failure.message


@pytest.mark.parametrize(
    ("entity", "inputs", "code"),
    [
        (secretive.leaking, {"xs": [0, 1]}, "SecretInOutputs"),
        (secretive.leak_into_graph, {}, "SecretInOutputs"),
        (secretive.leak_into_call, {}, "CallError"),
    ],
    ids=["map", "dynamic", "eager"],
)
def test_no_way_leads_into_the_record(engine, entity, inputs, code):
    run = engine.run(entity, inputs)
    assert run.failure.code == code
    assert "the secret db/password" in run.failure.message
    assert VALUE.encode() not in every_byte(engine)


@pytest.mark.parametrize(
    "text",
    [
        "s3cr3t value & more",
        "'s3cr3t value & more'!",
        "s3cr3t%20value%20%26%20more",
        "s3cr3t+value+%26+more",
        "czNjcjN0IHZhbHVlICYgbW9yZQ==",
    ],
)
def test_however_it_is_written_it_is_blotted_out(text):
    blotted = Blotter([SecretValue("db", "password", VALUE)]).text(f"<{text}>")
    assert "s3cr3t" not in blotted
    assert "czNj" not in blotted
    assert "[secret db/password]" in blotted


KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nxyz\n-----END KEY-----\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (VALUE, VALUE),
        (VALUE, json.dumps({"login": VALUE})),
        (VALUE, repr([VALUE])),
        (VALUE, escape(VALUE)),
        (VALUE, quote(VALUE)),
        (VALUE, quote_plus(VALUE)),
        (VALUE, b64encode(VALUE.encode()).decode()),
        (KEY, json.dumps({"key": KEY})),
        (KEY, KEY.splitlines()[1]),
    ],
)
def test_however_it_is_written_it_is_found_in_an_output(value, written):
    """JSON wrote a key of several lines in one, and it went into the record."""
    secret = SecretValue("", "key", value)
    assert found_in(pack(f"<{written}>"), [secret]) is secret


@pytest.mark.parametrize("text", ["-----BEGIN KEY-----", "xyz", "", "another text"])
def test_what_many_texts_have_is_no_secret(text):
    secrets = [SecretValue("", "key", KEY), SecretValue("", "empty", "")]
    assert found_in(pack(text), secrets) is None


def test_a_value_of_several_lines_is_blotted_out_line_by_line():
    secret = SecretValue("", "key", "-----BEGIN KEY-----\nabcdefgh\nxyz\n-----END KEY-----\n")
    assert Blotter([secret]).text("  abcdefgh\n") == "  [secret key]\n"


def test_the_longest_that_fits_is_blotted_out():
    both = Blotter([SecretValue("", "short", "pass"), SecretValue("", "long", "password")])
    assert both.text("password pass") == "[secret long] [secret short]"


def test_a_value_does_not_show_itself():
    secret = SecretValue("db", "password", VALUE)
    assert repr(secret) == str(secret) == "SecretValue('db/password')"
    assert VALUE not in repr([secret])


# -- how it is asked for --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"group": "a/b", "key": "k"}, "group= takes letters"),
        ({"group": "a"}, "key= takes letters"),
        ({"key": "k", "env_var": "1X"}, "env_var= takes the name of a variable"),
        ({"key": "k", "mount_requirement": Secret.MountType.ENV_VAR}, "has no variable"),
        ({"key": "k", "mount_requirement": "file"}, "mount_requirement= takes"),
        ({"key": "k", "grop": "a"}, "has no grop="),
    ],
)
def test_a_secret_that_makes_no_sense_is_refused(given, message):
    with pytest.raises(DefinitionError, match=message):
        Secret(**given)


@pytest.mark.parametrize(
    "requests", ["db/password", Secret(key="k1"), ["db"], [Secret(key="k1"), Secret(key="k1")]]
)
def test_a_request_that_is_no_list_of_secrets_is_refused(requests):
    with pytest.raises(DefinitionError, match=r"secret_requests= takes|requested twice"):

        @task(secret_requests=requests)
        def f() -> None: ...


def test_the_spec_says_what_a_task_asks_for_and_no_value():
    (ref,) = secretive.read_file.compiled().spec.secrets
    assert (ref.group, ref.key, ref.env_var, ref.file) == ("tls", "cert.pem", "CERT", True)

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from settings import Settings, SettingsError, load_settings

ROOT = Path(__file__).parent.parent
INTERNAL = {"CUBBY_DISCORD_API", "CUBBY_MODEL_API", "CUBBY_END_WITH_STDIN"}
NOWHERE = Path("/nowhere/.env")


def refusal(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, NOWHERE)
    return str(caught.value)


def test_nothing_set(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path / ".env")
    assert settings == Settings(database_path=tmp_path / "data/cubby.db")
    assert settings.uses_builtin_model


def test_example_loaded_unchanged_gives_the_defaults() -> None:
    assert load_settings({}, ROOT / ".env.example") == load_settings({}, ROOT / ".env.absent")


def test_example_names_each_setting_once_below_its_explanation() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = re.findall(r"^# \S.*\n([A-Z_]+)=$", text, re.MULTILINE)
    assert sorted(explained) == sorted({name.upper() for name in Settings.model_fields} - INTERNAL)
    assert len(explained) == text.count("=\n")


def test_hosting_page_lists_each_setting_once() -> None:
    listed = re.findall(r"^\| `([A-Z_]+)` \| \S", (ROOT / "docs/hosting.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted({name.upper() for name in Settings.model_fields} - INTERNAL)


def test_environment_wins_and_empty_counts_as_not_set(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("OPENAI_MODEL=from-file\nLOG_LEVEL=debug\nOPERATOR_ID=\n", encoding="utf-8")
    settings = load_settings({"OPENAI_MODEL": "from-environment", "LOG_LEVEL": "  "}, dotenv)
    assert (settings.openai_model, settings.log_level, settings.operator_id) == ("from-environment", "DEBUG", None)


def test_file_is_read_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prompt may hold `${...}`; nothing of this process is put in its place. Notepad's mark at the start is no letter."""
    monkeypatch.setenv("HAZARD", "leaked")
    dotenv = tmp_path / ".env"
    dotenv.write_text('SYSTEM_PROMPT="say ${HAZARD}\\ntwice"\n', encoding="utf-8-sig")
    assert load_settings({}, dotenv).system_prompt == "say ${HAZARD}\ntwice"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"OPENAI_MODEL=\xe9\n"])
def test_file_in_another_encoding(tmp_path: Path, content: bytes) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(content)
    with pytest.raises(SettingsError, match=r"\.env: it is not UTF-8 text"):
        load_settings({}, dotenv)


def test_file_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="it cannot be read"):
        load_settings({}, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        *(("HEALTH_PORT", value) for value in ("0", "65536", "-1", "http")),
        *(("HEALTH_HOST", value) for value in ("example.com", "127.0.0.1:80", "*")),
        *(("FIRST_DELTA_TIMEOUT", value) for value in ("-1", "0", "nan", "inf", "soon", "90s", "1e9")),
        ("DELTA_TIMEOUT", "-1"),
        ("TOTAL_TIMEOUT", "soon"),
        *(
            ("OPENAI_BASE_URL", value)
            for value in ("localhost:11434/v1", "ftp://x", "http://", "http://[::1", "http://h:99999")
        ),
        ("OPENAI_BASE_URL", "http://name:word@host/v1"),
        ("OPENAI_BASE_URL", "http://host/v1?key=1"),
        *(("ALLOWED_GUILDS", value) for value in ("abc", "1,two", "0", "-5", "1.5", str(2**63))),
        ("OPERATOR_ID", "me"),
        *(("CONTEXT_TOKENS", value) for value in ("0", "100", "many", "8k")),
        ("MAX_OUTPUT_TOKENS", "-1"),
        *(("AUTO_ARCHIVE_DAYS", value) for value in ("-1", "monthly", "36501")),
        ("DATABASE_PATH", "~/cubby.db"),
        ("DISCORD_TOKEN", "two words"),
        ("OPENAI_API_KEY", "clé"),
        ("OPENAI_MODEL", "caf\udce9"),
        *(
            (name, value)
            for name in ("CUBBY_DISCORD_API", "CUBBY_MODEL_API")
            for value in ("http://example.com", "https://127.0.0.1", "http://127.0.0.1@example.com")
        ),
        ("CUBBY_END_WITH_STDIN", "perhaps"),
    ],
)
def test_bad_value_is_answered_with_name_fault_and_example(name: str, value: str) -> None:
    lines = refusal(**{name: value}).splitlines()
    assert len(lines) == 1
    assert re.fullmatch(rf"{name}(=\S+)?: .+ For example: {name}=.+", lines[0])


def test_all_faults_at_once() -> None:
    told = refusal(LOG_LEVEL="LOUD", TOTAL_TIMEOUT="-1", ALLOWED_GUILDS="abc", CONTEXT_TOKENS="x")
    assert [re.split("[=:]", line)[0] for line in told.splitlines()] == [
        "CONTEXT_TOKENS",
        "ALLOWED_GUILDS",
        "LOG_LEVEL",
        "TOTAL_TIMEOUT",
    ]


def test_every_example_is_accepted() -> None:
    for name, field in Settings.model_fields.items():
        example = (field.examples or [""])[0]
        if not example.startswith("("):  # a secret has none to show
            load_settings({name.upper(): example}, NOWHERE)


def test_context_too_small_for_the_answer() -> None:
    assert "CONTEXT_TOKENS: 8192 tokens are too few" in refusal(MAX_OUTPUT_TOKENS="8192")
    assert load_settings({"MAX_OUTPUT_TOKENS": "4096"}, NOWHERE).reply_reserve == 4096


@pytest.mark.parametrize(
    ("environ", "tokens"),
    [
        ({}, 8192),
        ({"OPENAI_API_KEY": "sk-made-up"}, 128_000),
        ({"OPENAI_BASE_URL": "https://api.openai.com/v1/"}, 128_000),
        ({"OPENAI_API_KEY": "sk-made-up", "OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"}, 8192),
        ({"OPENAI_API_KEY": "sk-made-up", "CONTEXT_TOKENS": "9000"}, 9000),
    ],
)
def test_context_by_address(environ: dict[str, str], tokens: int) -> None:
    assert load_settings(environ, NOWHERE).context_tokens == tokens


def test_model_of_ones_own_is_not_the_builtin() -> None:
    assert not load_settings({"OPENAI_API_KEY": "sk-made-up"}, NOWHERE).uses_builtin_model
    assert not load_settings({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1/"}, NOWHERE).uses_builtin_model


def test_models_come_with_the_context_that_was_written_for_them() -> None:
    settings = load_settings({"MODELS": "org/llama3:8b = 16384, gpt-5-mini ,,*", "EFFORT_MODELS": "a, b"}, NOWHERE)
    assert settings.models == (("org/llama3:8b", 16384), ("gpt-5-mini", None), ("*", None))
    assert settings.effort_models == {"a", "b"}


@pytest.mark.parametrize("value", ["=5000", "gpt=many", "gpt=", "gpt=100", "two words", "a=3000=b"])
def test_models_that_make_no_sense_are_refused_with_an_example(value: str) -> None:
    assert "MODELS" in (said := refusal(MODELS=value))
    assert "For example: MODELS=gpt-5=400000, gpt-5-mini" in said


def test_a_days_tokens_hold_an_answer_of_the_largest_model() -> None:
    assert "one answer may take MODELS, 500000" in refusal(MODELS="large=500000", DAY_TOKENS_PERSON="400000")


@given(st.frozensets(st.integers(1, 2**63 - 1), min_size=1), st.sampled_from([",", " ", ", ", ",,  "]))
def test_guilds_come_back_as_written(ids: frozenset[int], between: str) -> None:
    assert load_settings({"ALLOWED_GUILDS": between.join(map(str, ids))}, NOWHERE).allowed_guilds == ids


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=30))
def test_secrets_are_never_shown(secret: str) -> None:
    """Not by repr, and not when they were put into the wrong variable."""
    settings = Settings(discord_token=SecretStr(secret), openai_api_key=SecretStr(secret))
    assert secret not in repr(settings)
    assert secret not in refusal(LOG_LEVEL=secret, DISCORD_TOKEN=f"{secret} {secret}", OPENAI_BASE_URL=secret)


def test_short_token_is_not_shown_either() -> None:
    assert "hunter2" not in refusal(DISCORD_TOKEN="hunter2 hunter2", OPENAI_API_KEY="hunter2 x", OPENAI_BASE_URL="hunter2")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8765", "http://[::1]:8765/", "http://localhost:1/api"])
def test_stand_in_on_loopback(url: str) -> None:
    assert load_settings({"CUBBY_DISCORD_API": url}, NOWHERE).cubby_discord_api == url.rstrip("/")


def test_a_model_stand_does_not_change_which_model_it_is() -> None:
    settings = load_settings({"CUBBY_MODEL_API": "http://127.0.0.1:1/v1/"}, NOWHERE)
    assert (settings.uses_builtin_model, settings.cubby_model_api) == (True, "http://127.0.0.1:1/v1")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().log_level = "DEBUG"  # pyright: ignore[reportAttributeAccessIssue]


def test_prices_are_beside_the_bot_unless_the_path_is_absolute(tmp_path: Path) -> None:
    assert load_settings({"PRICE_FILE": "prices.toml"}, NOWHERE).price_file == NOWHERE.parent / "prices.toml"
    assert load_settings({"PRICE_FILE": str(tmp_path / "p.toml")}, NOWHERE).price_file == tmp_path / "p.toml"


def test_absolute_database_stays_where_it_is(tmp_path: Path) -> None:
    assert load_settings({"DATABASE_PATH": str(tmp_path / "a.db")}, NOWHERE).database_path == tmp_path / "a.db"

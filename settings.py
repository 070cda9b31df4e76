"""The bot's settings: read once from the environment and `.env`, checked, then handed on as one frozen value.

`bot.py` calls `load_settings` and passes to each part what it needs; nothing else reads the environment. Every variable is a
field of `Settings` under its own name in capitals, so `.env.example` and `docs/hosting.md` are tested against this file. A
mistake is answered here, before anything is opened or connected, with a line that says what to write instead. Secrets are
`SecretStr`, and no message repeats a value that could be one. Whether a token is accepted or a model exists is not known
here: `bot.py --check` asks.
"""

from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

from settings_values import (
    Address,
    Amount,
    BaseUrl,
    Count,
    Credential,
    Days,
    Level,
    Limit,
    LogForm,
    LoopbackUrl,
    ModelNames,
    Offers,
    Port,
    Seconds,
    Snowflake,
    Snowflakes,
    Switch,
    WrittenOut,
)

EVERY = "*"
"""What stands in MODELS for all that the endpoint lists."""
OPENAI_HOST = "api.openai.com"
DEFAULT_SYSTEM_PROMPT = "You are a concise, helpful assistant."
DEFAULT_DATABASE = Path("data/cubby.db")

_CONTEXT_AT_OPENAI = 128_000
_CONTEXT_ELSEWHERE = 8_192
_LEAST_QUESTION = 256  # tokens that must stay for what the person says
_LONGEST_SHOWN = 20  # tokens and keys are longer: none that strayed into another variable is repeated
_NEVER_SHOWN = {"DISCORD_TOKEN", "OPENAI_API_KEY", "OPENAI_BASE_URL"}


class SettingsError(Exception):
    """One setting or more cannot be used; `faults` holds a line for each, naming the variable, the fault and an example."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _usual_context(data: dict[str, Any]) -> int:
    """Choose CONTEXT_TOKENS when nobody did: OpenAI's models take this much, a small local one takes that."""
    base_url: str | None = data.get("openai_base_url")
    host = urlsplit(base_url).hostname if base_url else OPENAI_HOST if data.get("openai_api_key") else None
    return _CONTEXT_AT_OPENAI if host == OPENAI_HOST else _CONTEXT_ELSEWHERE


def _reply_reserve(context_tokens: int, max_output_tokens: int | None) -> int:
    return max_output_tokens or min(4096, context_tokens // 4)


class Settings(BaseModel):
    """What whoever runs the bot has decided; a field per variable, which has its name in capitals.

    Immutable. The defaults are those of a first try: no token, and the built-in model.
    """

    model_config = ConfigDict(
        frozen=True, alias_generator=str.upper, validate_by_name=True, validate_default=True, hide_input_in_errors=True
    )

    discord_token: Credential | None = Field(default=None, examples=["(the token on your application's Bot page)"])
    openai_api_key: Credential | None = Field(default=None, examples=["(the key your provider gave you)"])
    openai_base_url: BaseUrl | None = Field(default=None, examples=["http://127.0.0.1:11434/v1"])
    openai_model: str | None = Field(default=None, examples=["gpt-5-mini"])
    titles: Switch = Field(default=True, examples=["off"])
    title_model: str | None = Field(default=None, examples=["gpt-5-nano"])
    system_prompt: str = Field(default=DEFAULT_SYSTEM_PROMPT, examples=[DEFAULT_SYSTEM_PROMPT])
    max_output_tokens: Count | None = Field(default=None, examples=["4096"])
    price_file: WrittenOut | None = Field(default=None, examples=["prices.toml"])
    ask_first_above: Amount = Field(default=Decimal(0), examples=["0.50"])
    context_tokens: Count = Field(default_factory=_usual_context, examples=["32768"])
    models: Offers = Field(default=(), examples=["gpt-5=400000, gpt-5-mini"])
    effort_models: ModelNames = Field(default=frozenset(), examples=["gpt-5, gpt-5-mini"])
    picture_models: ModelNames = Field(default=frozenset(), examples=["gpt-5, gpt-5-mini"])
    database_path: WrittenOut = Field(default=DEFAULT_DATABASE, examples=[str(DEFAULT_DATABASE)])
    backups: Switch = Field(default=True, examples=["off"])
    file_space: Limit = Field(default=200, examples=["200"])
    auto_archive_days: Days = Field(default=30, examples=["30"])
    allowed_guilds: Snowflakes = Field(default=frozenset(), examples=["197038439483310086, 613425648685547541"])
    running_turns: Count = Field(default=32, examples=["32"])
    prompts_per_minute: Limit = Field(default=20, examples=["20"])
    day_tokens_person: Limit = Field(default=1_000_000, examples=["1000000"])
    day_tokens_all: Limit = Field(default=10_000_000, examples=["10000000"])
    operator_id: Snowflake | None = Field(default=None, examples=["80351110224678912"])
    log_level: Level = Field(default="INFO", examples=["INFO"])
    log_format: LogForm = Field(default="text", examples=["json"])
    health_port: Port | None = Field(default=None, examples=["8080"])
    health_host: Address = Field(default="127.0.0.1", examples=["127.0.0.1"])
    first_delta_timeout: Seconds = Field(default=90.0, examples=["90"])
    delta_timeout: Seconds = Field(default=30.0, examples=["30"])
    total_timeout: Seconds = Field(default=600.0, examples=["600"])
    cubby_discord_api: LoopbackUrl | None = Field(default=None, examples=["http://127.0.0.1:8765"])
    """Internal, so not in `.env.example`: where tests and the playground have a stand-in for Discord on this machine."""
    cubby_model_api: LoopbackUrl | None = Field(default=None, examples=["http://127.0.0.1:8766/v1"])
    """Internal: where the playground has a model stand. Requests go there; people are told of the model that is set."""
    cubby_end_with_stdin: Switch = Field(default=False, examples=["on"])
    """Internal: whether the bot ends once its standard input does, so that it never outlives the playground."""

    @field_validator("*", mode="before")
    @classmethod
    def _is_text(cls, value: object) -> object:
        """Refuse what cannot be stored or sent: bytes that are no UTF-8 come from the environment as lone surrogates."""
        if isinstance(value, str) and value.encode(errors="ignore").decode().replace("\0", "") != value:
            raise ValueError("it is not UTF-8 text")
        return value

    @field_validator("context_tokens")
    @classmethod
    def _leaves_room(cls, context_tokens: int, info: ValidationInfo) -> int:
        reserve = _reply_reserve(context_tokens, info.data.get("max_output_tokens"))
        instructions = len(info.data.get("system_prompt", "")) // 4
        if context_tokens < reserve + instructions + _LEAST_QUESTION:
            raise ValueError(
                f"{context_tokens} tokens are too few: the answer may take {reserve} (MAX_OUTPUT_TOKENS), SYSTEM_PROMPT "
                f"takes about {instructions}, and {_LEAST_QUESTION} must stay for the question"
            )
        return context_tokens

    @field_validator("day_tokens_person", "day_tokens_all")
    @classmethod
    def _holds_an_answer(cls, limit: int, info: ValidationInfo) -> int:
        contexts = {"CONTEXT_TOKENS": info.data.get("context_tokens", 0)}
        contexts["MODELS"] = max((tokens or 0 for _, tokens in info.data.get("models", ())), default=0)
        for name, tokens in contexts.items():
            if 0 < limit < tokens:
                raise ValueError(f"one answer may take {name}, {tokens}, so it must be that at least, or 0")
        return limit

    @property
    def uses_builtin_model(self) -> bool:
        """Whether the offline demo model answers: neither a key nor a base URL was given."""
        return self.openai_api_key is None and self.openai_base_url is None

    @property
    def reply_reserve(self) -> int:
        """How many of `context_tokens` are kept free for the answer."""
        return _reply_reserve(self.context_tokens, self.max_output_tokens)


def load_settings(environ: Mapping[str, str], dotenv: Path) -> Settings:
    """Read settings from `environ`, then from the file `dotenv`, which may be absent; an empty value counts as not set.

    A relative `DATABASE_PATH` or `PRICE_FILE` starts at the folder of `dotenv`. Raises `SettingsError` with
    every fault at once.
    """
    names = [name.upper() for name in Settings.model_fields]
    written = _read_dotenv(dotenv)
    values = {name: environ.get(name, "").strip() or (written.get(name) or "").strip() for name in names}
    values = {name: value for name, value in values.items() if value}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    else:
        price_file = settings.price_file and dotenv.parent / settings.price_file
        return settings.model_copy(update={"database_path": dotenv.parent / settings.database_path, "price_file": price_file})
    # A default that depends on a faulty value is reported too; that fault is not theirs.
    raise SettingsError(tuple(_fault(each, values) for each in found if each["type"] != "default_factory_not_called"))


def unknown_in(dotenv: Path) -> Mapping[str, str | None]:
    """The names in the file `dotenv` that are no setting's, each with the setting that is perhaps meant.

    Raises `SettingsError` where the file cannot be read.
    """
    names = [name.upper() for name in Settings.model_fields]
    return {
        name: next(iter(get_close_matches(name.upper(), names, 1)), None) for name in _read_dotenv(dotenv) if name not in names
    }


def _read_dotenv(path: Path) -> dict[str, str | None]:
    """Read the file as written (no `${...}` is filled in, which would look at this process's environment)."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows' Notepad puts a mark before the text
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError((f"{path}: it cannot be read ({error.strerror})",)) from None
    except UnicodeDecodeError:
        raise SettingsError((f"{path}: it is not UTF-8 text; save it as UTF-8",)) from None
    return dotenv_values(stream=StringIO(text), interpolate=False)


def _fault(found: ErrorDetails, values: Mapping[str, str]) -> str:
    """Write one fault's line. A value is repeated only if it is too short to be a secret."""
    name = str(found["loc"][0]).upper()
    reason = found.get("ctx", {}).get("error", found["msg"])
    field = Settings.model_fields[name.lower()]
    value = values.get(name, "")
    is_shown = name not in _NEVER_SHOWN and 0 < len(value) <= _LONGEST_SHOWN and value.isprintable()
    shown = f"{name}={value}" if is_shown else name
    example = (field.examples or [""])[0]
    return f"{shown}: {reason}. For example: {name}={example}"

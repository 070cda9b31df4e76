import json
import logging

from watch.logs import JsonLines, TextLines


def record(message: str, *arguments: object, facts: dict[str, object] | None = None) -> logging.LogRecord:
    made = logging.LogRecord("cubby", logging.INFO, __file__, 1, message, arguments, None)
    return logging.makeLogRecord({**vars(made), **({} if facts is None else {"facts": facts})})


def test_json_stays_one_line_whatever_is_in_it() -> None:
    line = JsonLines().format(record("a\nb %s \udce9", "\u2028c"))
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == "a\nb \u2028c \udce9"


def test_json_has_the_facts_with_their_types() -> None:
    told = json.loads(JsonLines().format(record("turn ended", facts={"total_ms": 12, "error": None})))
    assert (told["logger"], told["level"], told["total_ms"], told["error"]) == ("cubby", "INFO", 12, None)
    assert told["time"].endswith("+00:00")


def test_json_keeps_the_traceback_in_its_line() -> None:
    failed = record("oh")
    failed.exc_info = (KeyError, KeyError("two\nlines"), None)
    line = JsonLines().format(failed)
    assert "KeyError" in json.loads(line)["traceback"]
    assert "\n" not in line


def test_text_names_what_is_known() -> None:
    line = TextLines().format(record("turn ended", facts={"total_ms": 12, "error": None}))
    assert line.endswith("INFO cubby: turn ended total_ms=12")

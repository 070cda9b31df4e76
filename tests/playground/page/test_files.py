"""Files: attached by picker, paste and drop; names that would be markup; files that are too large."""

from pathlib import Path

from playwright.async_api import FilePayload

from tests.playground.page.visit import Pane, Visit, expect

HOSTILE = "<img src=x onerror=window.__pwned=1>.txt"
DROP = """
(pane, [name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/plain" }));
  for (const type of ["dragover", "drop"]) {
    pane.querySelector("textarea").dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}
"""
PASTE = """
(box, [name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/plain" }));
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}
"""


def a_file(name: str, text: str = "some words") -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


async def pick(who: Pane, *files: FilePayload | Path) -> None:
    async with who.page.expect_file_chooser() as chooser:
        await who.root.get_by_role("button", name="Attach files").click()
    await (await chooser.value).set_files(list(files))  # pyright: ignore[reportArgumentType]


async def test_a_picked_file_is_sent_and_read(visit: Visit) -> None:
    ann = visit.ann
    await pick(ann, a_file("notes.txt", "My favorite color is teal"))
    await expect(ann.root.get_by_role("list", name="Files to send")).to_contain_text("notes.txt")
    await ann.say("read this")
    link = ann.messages.filter(has_text="read this").first.get_by_role("link", name="notes.txt")
    async with visit.page.expect_download() as download:
        await link.click()
    assert (await (await download.value).path()).read_text(encoding="utf-8") == "My favorite color is teal"
    await ann.say("What's my favorite color?")
    await ann.sees_ended("is teal")


async def test_pasted_and_dropped_files_go_along(visit: Visit) -> None:
    ann = visit.ann
    await ann.box.evaluate(PASTE, ["pasted.txt", "one"])
    await ann.root.evaluate(DROP, ["dropped.txt", "two"])
    files = ann.root.get_by_role("list", name="Files to send")
    await expect(files.get_by_role("listitem")).to_have_count(2)
    await files.get_by_role("button", name="Remove pasted.txt").click()
    await expect(files.get_by_role("listitem")).to_have_count(1)
    await ann.say("look")
    await expect(ann.messages.filter(has_text="look").first.get_by_role("link")).to_have_count(1)


async def test_a_files_name_is_never_markup(visit: Visit) -> None:
    ann = visit.ann
    await ann.box.evaluate(PASTE, [HOSTILE, "x"])
    await expect(ann.root.get_by_role("list", name="Files to send")).to_contain_text(HOSTILE)
    await ann.say("mind the name")
    await expect(ann.messages.filter(has_text="mind the name").first.get_by_role("link")).to_contain_text(HOSTILE)
    await visit.is_unharmed()


async def test_a_file_in_a_form_goes_along(visit: Visit) -> None:
    ann = visit.ann
    await ann.say("hello")
    await ann.sees_ended("Hello!")
    await ann.press("Reply")
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("read this")
    field = dialog.get_by_label("Files to read with it")
    await field.set_input_files([a_file(f"{number}.txt") for number in range(4)])
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_contain_text("This takes at most 3 files; there are 4.")
    await expect(field).to_be_focused()
    await field.set_input_files([a_file("notes.txt", "My favorite color is teal")])
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_have_count(0)
    await ann.sees_ended("read this")
    await ann.say("What's my favorite color?")
    await ann.sees_ended("is teal")


async def test_a_file_in_a_form_that_is_too_large_is_told_and_the_form_stays(visit: Visit, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(10 * 1024 * 1024 + 1)
    await visit.ann.say("hello")
    await visit.ann.sees_ended("Hello!")
    await visit.ann.press("Reply")
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("read this")
    await dialog.get_by_label("Files to read with it").set_input_files(large)
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("large.bin")
    await expect(dialog.get_by_role("textbox")).to_have_value("read this")


async def test_a_file_too_large_is_told_with_what_to_do(visit: Visit, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(10 * 1024 * 1024 + 1)
    await pick(visit.ann, large)
    await expect(visit.ann.root.get_by_role("alert").filter(has_text="large.bin")).to_contain_text("Send a smaller one")
    await expect(visit.ann.root.get_by_role("list", name="Files to send").get_by_role("listitem")).to_have_count(0)


async def test_a_message_too_long_says_so_and_can_go_as_a_file(visit: Visit) -> None:
    ann = visit.ann
    await ann.box.fill("word " * 500)
    problem = ann.root.get_by_role("alert").filter(has_text="A message takes 2,000 characters")
    await expect(problem).to_be_visible()
    await problem.get_by_role("button", name="Send as text file").click()
    await expect(ann.messages.filter(has=visit.page.get_by_role("link", name="message.txt"))).to_have_count(1)

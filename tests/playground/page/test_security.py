"""Nothing that anybody writes becomes part of the page, and the page's policy lets nothing else in."""

from playwright.async_api import Browser, BrowserContext

from tests.playground.page.stage import Stage
from tests.playground.page.visit import WAIT_MS, Visit, expect, visiting

TRIES = (
    "<script>window.__pwned = 1</script>",
    "<img src=x onerror='window.__pwned = 1'>",
    "<svg onload=window.__pwned=1><style>*{display:none}</style>",
    "<iframe srcdoc='<script>parent.__pwned = 1</script>'></iframe>",
    "[click](javascript:window.__pwned=1)",
    "[click](<javascript:window.__pwned=1>)",
    "[click](data:text/html,<script>1</script>)",
    "javascript:window.__pwned=1 vbscript:x",
    "```html\n<script>window.__pwned = 1</script>\n```",
    "`<img src=x onerror=window.__pwned=1>`",
    "||<b onclick=window.__pwned=1>spoiler</b>||",
    "> quote <a href='javascript:window.__pwned=1'>x</a>",
    "<t:99999999999999999999:R> <@999> <#1> <:x:1> </new:1> <a:b:c>",
    "**bold _italic __underlined** broken_ ~~~ ||| ``` ``",
    "# <h1 onmouseover=window.__pwned=1>big",
    "&lt;script&gt; &#60;script&#62; \\<script\\>",
    "{{constructor.constructor('window.__pwned=1')()}} ${window.__pwned=1}",
)
NAMES = ("<img src=x onerror=a=1>", "<script>a</script>", "**b** <@1> `c`", "\"><b onclick='x'>", "${1} {{2}}")
POLICY_TRIES = """
() => new Promise((resolve) => {
  const place = document.createElement("div");
  const script = document.createElement("script");
  const tries = [
    () => (place.innerHTML = "<b>x</b>"),
    () => eval("window.__pwned = 1"),
    () => new Function("window.__pwned = 1")(),
    () => (script.src = "data:text/javascript,window.__pwned=1"),
    () => (script.text = "window.__pwned = 1"),
    () => document.write("<script>window.__pwned = 1</script>"),
    () => place.setAttribute("onclick", "window.__pwned = 1"),
  ];
  const attempt = (act) => { try { act(); return "done"; } catch { return "refused"; } };
  // Not at once: what a debugger evaluates is exempt from the policy.
  setTimeout(() => resolve(tries.map(attempt)));
})
"""
STRANGERS_TRIES = """
async (url) => {
  const attempt = async (act) => { try { return await act(); } catch { return "refused"; } };
  const socket = () => new Promise((resolve) => {
    const live = new WebSocket(url.replace("http", "ws") + "/live");
    live.onopen = () => resolve("open");
    live.onerror = () => resolve("refused");
  });
  const frame = () => new Promise((resolve) => {
    const element = document.createElement("iframe");
    const read = () => { try { return element.contentDocument ? "read" : "refused"; } catch { return "refused"; } };
    element.src = url;
    element.onload = () => resolve(read());
    document.body.append(element);
  });
  return [
    await attempt(async () => (await fetch(url)).text()),
    await attempt(async () => (await fetch(url + "/files?name=x", { method: "POST", body: "x" })).text()),
    await attempt(socket),
    await attempt(frame),
  ];
}
"""


async def test_what_people_and_models_write_stays_text(visit: Visit) -> None:
    ann, bob = visit.ann, visit.bob
    await ann.go_to("general")
    await bob.go_to("general")
    for text in TRIES:
        await visit.stage.ann.say(visit.stage.general, text)
        visit.stage.bot_says(visit.stage.ann, text)
    await expect(bob.messages).to_have_count(len(TRIES))
    await expect(ann.messages).to_have_count(2 * len(TRIES))
    await visit.is_unharmed()
    for link in await ann.root.get_by_role("link").all():
        assert (await link.get_attribute("href") or "").startswith(("http://", "https://"))


async def test_a_models_answer_is_text_while_it_streams_and_at_its_end(visit: Visit) -> None:
    ann = visit.ann
    await ann.say("say: " + "\n\n".join([*TRIES[:8], "the end of it"]))
    await ann.sees_ended("the end of it")
    await visit.is_unharmed()
    await ann.run("/sessions")
    await expect(ann.messages.last).to_contain_text("Your sessions", timeout=WAIT_MS)
    await visit.is_unharmed()


async def test_a_name_stays_text_wherever_it_stands(desk: BrowserContext, stage: Stage) -> None:
    people = [stage.somebody(name) for name in NAMES]
    async with visiting(desk, stage) as visit:
        await visit.ann.go_to("general")
        for person in people:
            await person.say(stage.general, f"<@{person.id}> it is me")
            await expect(await visit.ann.sees("it is me")).to_contain_text(person.name)
        await visit.ann.box.press_sequentially("@")
        for person in people:
            await expect(visit.ann.listbox.get_by_role("option").filter(has_text=person.name)).to_have_count(1)
        await visit.show_instead(visit.bob, people[0].name)
        await visit.pane(people[0].name).say("hello")
        await visit.pane(people[0].name).sees_ended("Hello!")
        await visit.is_unharmed()


async def test_markup_that_is_made_in_the_page_is_refused_by_its_policy(visit: Visit) -> None:
    """The second line of defence: even a fault in the page's own code runs nothing."""
    tried = await visit.page.evaluate(POLICY_TRIES)
    assert tried == ["refused"] * len(tried)
    assert await visit.page.evaluate("window.__pwned") is None
    assert visit.complaints
    visit.complaints.clear()


async def test_another_sites_page_gets_nothing(browser: Browser, stage: Stage) -> None:
    """A page of a stranger, open in the same browser, tries all doors."""
    context = await browser.new_context()
    try:
        page = await context.new_page()
        await page.route("http://evil.example/", lambda route: route.fulfill(body="<p>hello</p>", content_type="text/html"))
        await page.goto("http://evil.example/")
        tried = await page.evaluate(STRANGERS_TRIES, stage.playground.url)
    finally:
        await context.close()
    assert tried == ["refused"] * 4


async def test_a_page_of_an_earlier_run_is_told_to_reload(visit: Visit) -> None:
    page, live = visit.page, visit.stage.playground.live
    live._gatekeeper.token = "a-later-run's"
    await live.close()
    await page.get_by_role("button", name="Reload the page").click()
    await expect(visit.ann.box).to_be_visible()
    await visit.ann.say("hello")
    await visit.ann.sees_ended("Hello!")

"""One browser and one playground for all tests here that run in the same process; people and a page of its own for each.

They share one event loop, in which the playground goes on living between tests.
"""

import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.playground.page.chromium import FLAGS, NONE_FOUND, find_chromium, is_required
from tests.playground.page.stage import Stage, a_playground
from tests.playground.page.visit import DESK, PHONE, Visit, visiting

HERE = Path(__file__).parent
SCOPE = "package"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    is_left_out = find_chromium() is None and not is_required()
    for item in items:
        if HERE not in item.path.parents or not inspect.iscoroutinefunction(getattr(item, "function", None)):
            continue
        item.add_marker(pytest.mark.asyncio(loop_scope=SCOPE), append=False)
        if is_left_out:
            item.add_marker(pytest.mark.skip(reason=NONE_FOUND))


@pytest_asyncio.fixture(scope=SCOPE, loop_scope=SCOPE)
async def browser() -> AsyncIterator[Browser]:
    path = find_chromium()
    assert path is not None, NONE_FOUND
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope=SCOPE, loop_scope=SCOPE)
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with a_playground(tmp_path_factory.mktemp("playground")) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope=SCOPE)
async def stage(shared: Stage) -> AsyncIterator[Stage]:
    """The playground with two people who were never there before; all that a test turned is turned back."""
    shared.begin()
    yield shared
    await shared.restore()


@pytest_asyncio.fixture(loop_scope=SCOPE)
async def browser_page(visit: Visit) -> Page:
    """The page alone, for what needs nobody on it."""
    return visit.page


@pytest_asyncio.fixture(scope=SCOPE, loop_scope=SCOPE)
async def desk(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser that keeps the page's files from one test to the next; loading them anew is most of a test's cost."""
    context = await browser.new_context(viewport=DESK, reduced_motion="reduce")
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope=SCOPE)
async def visit(desk: BrowserContext, stage: Stage) -> AsyncIterator[Visit]:
    """The page as it opens on a desk, with nothing kept of another visit."""
    async with visiting(desk, stage) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope=SCOPE)
async def phone_visit(browser: Browser, stage: Stage) -> AsyncIterator[Visit]:
    """The page as it opens on a phone."""
    context = await browser.new_context(viewport=PHONE, reduced_motion="reduce", has_touch=True, is_mobile=True)
    async with visiting(context, stage) as visit:
        yield visit
    await context.close()

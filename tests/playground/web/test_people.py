"""Names that people may have."""

import pytest

from playground.standin import CannotDo
from playground.web.people import LONGEST_NAME, MOST
from tests.playground.web.site import Site


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * (LONGEST_NAME + 1), "a\u202eb", "a\x07b", "a\u200bb", "ann", " BOB ", "Cubby"]
)
async def test_a_name_that_cannot_be_is_refused(site: Site, name: str) -> None:
    with pytest.raises(CannotDo):
        site.people.add(name)


async def test_a_name_is_taken_as_people_write_it(site: Site) -> None:
    assert site.people.add("  Zoë   <b>Q</b> ").name == "Zoë <b>Q</b>"


async def test_there_are_no_more_people_than_a_page_can_show(site: Site) -> None:
    for number in range(MOST - 2):
        site.people.add(f"Person {number}")
    with pytest.raises(CannotDo, match="as many as the page can show"):
        site.people.add("One too many")


async def test_pages_are_told_of_somebody_new(site: Site) -> None:
    async with site.page() as page:
        answer = await page.ask("add_person", name="Cleo")
        told = await page.told("person")
        views = told["view"]
    assert told["person"] == {"id": answer["person"], "name": "Cleo", "bot": False}
    assert {view["kind"] for view in views.values()} == {"dm", "text"}
    assert next(iter(views.values()))["kind"] == "dm"

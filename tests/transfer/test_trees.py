"""Whatever entries claim of their parents, what comes out is a tree with parents first, and no words are lost."""

from hypothesis import given
from hypothesis import strategies as st

from tests.transfer.samples import NOON, entry
from transfer.saved import SavedEntry
from transfer.trees import Fault, Tree, grow, path


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 12)), max_size=12), st.none() | st.integers(0, 12))
def test_any_claims_become_a_tree(claims: list[tuple[int, int | None]], leaf: int | None) -> None:
    given_entries = [entry(id_, parent) for id_, parent in claims]
    tree = grow(given_entries, None if leaf is None else str(leaf))
    seen: set[str] = set()
    for each in tree.entries:
        assert each.parent is None or each.parent in seen
        assert each.id not in seen
        seen.add(each.id)
    assert seen == {each.id for each in given_entries}
    assert tree.leaf in (seen or {None})
    assert grow(tree.entries, tree.leaf) == Tree(tree.entries, tree.leaf)
    assert [each.id for each in path(tree.entries, tree.leaf)][-1:] == [tree.leaf] * bool(seen)


def test_a_hole_does_not_cut_the_conversation() -> None:
    tree = grow([entry(1, None), entry(2, 1), entry(4, 3), entry(5, 4)], "5")
    assert [each.id for each in path(tree.entries, "5")] == ["1", "2", "4", "5"]
    assert [fault.at for fault in tree.faults] == [2]


def test_a_circle_is_opened_at_its_first_entry() -> None:
    tree = grow([entry(1, 3), entry(2, 1), entry(3, 2)], "3")
    assert [(each.id, each.parent) for each in tree.entries] == [("1", None), ("2", "1"), ("3", "2")]
    assert len(tree.faults) == 1


def test_second_use_of_an_id_is_left_out() -> None:
    tree = grow([entry(1, None, text="first"), entry(1, None, text="second")], "1")
    assert [each.text for each in tree.entries] == ["first"]
    assert tree.faults == (Fault(1, "Its id was used before, so it was left out."),)


def test_deep_conversations_are_no_depth_of_calls() -> None:
    many = 50_000
    chain = [SavedEntry(id=str(at), parent=str(at - 1) if at else None, kind="user", created=NOON) for at in range(many)]
    tree = grow(chain[::-1], str(many - 1))
    assert len(path(tree.entries, tree.leaf)) == many

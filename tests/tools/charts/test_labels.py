"""Labels that do not cover each other."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.charts.labels import share, spread


def test_labels_with_room_stay_where_they_are():
    assert spread([5, 1, 9], 2, 0, 10) == [5, 1, 9]


def test_labels_at_one_place_move_apart_evenly():
    assert spread([5, 5, 5], 2, 0, 10) == [3, 5, 7]


def test_labels_at_the_edge_are_pushed_inside():
    assert spread([10, 10, 0], 2, 0, 10) == pytest.approx([8, 10, 0])


def test_no_labels_need_no_place():
    assert spread([], 1, 0, 10) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.floats(0.001, 0.5))
def test_labels_keep_order_stay_inside_and_stand_apart(wanted, gap):
    places = spread(wanted, gap, 0, 1)
    fitting = min(gap, 1 / max(1, len(wanted) - 1))
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in places)
    assert all(after - before >= fitting - 1e-9 for before, after in pairwise(sorted(places)))
    assert all(places[one] <= places[other] for one in range(len(wanted)) for other in range(len(wanted)) if wanted[one] < wanted[other])


def test_a_label_takes_more_of_a_plot_the_longer_the_names_of_its_rows_are_but_of_no_less_than_half_a_figure():
    assert [round(share(10, beside), 4) for beside in (0, 20, 60, 500)] == [0.0773, 0.0915, 0.1443, 0.1478]

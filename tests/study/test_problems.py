"""How problems are told: place, finding, rule, cure; all at once; none lost without a word."""

from __future__ import annotations

import pytest

from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any


def test_a_problem_says_where_what_the_rule_and_what_to_do() -> None:
    problem = Problem("a.csv", "Answers are numbers.", "Correct it.", 3, "q1", "seven")
    assert str(problem) == (
        "a.csv, line 3, column 'q1': found 'seven'. Answers are numbers.\n    Correct it."
    )


def test_a_problem_of_a_whole_file_names_no_line() -> None:
    assert str(Problem("a.csv", "It is there.", "Put it there.")) == (
        "a.csv: It is there.\n    Put it there."
    )


def test_an_empty_finding_is_shown_as_empty() -> None:
    assert "found ''." in str(Problem("a.csv", "Rule.", "Advice.", value=""))


def test_a_long_finding_is_cut_short() -> None:
    assert "found '" + "x" * 77 + "...'." in str(Problem("a", "Rule.", "Advice.", value="x" * 81))
    assert "found '" + "x" * 80 + "'." in str(Problem("a", "Rule.", "Advice.", value="x" * 80))


def test_a_report_counts_and_numbers_its_problems() -> None:
    one, two = Problem("a", "One.", "Do."), Problem("b", "Two.", "Do.")
    assert InputProblems([one]).report() == (
        "1 problem in the input; nothing was written.\n\n1. a: One.\n    Do."
    )
    assert InputProblems([one, two]).report() == (
        "2 problems in the input; nothing was written.\n\n"
        "1. a: One.\n    Do.\n\n2. b: Two.\n    Do."
    )


def test_a_long_report_says_how_many_it_does_not_list() -> None:
    report = InputProblems(Problem(str(n), "Rule.", "Do.") for n in range(103)).report()
    assert report.startswith("103 problems in the input")
    assert "\n100. 99: Rule." in report
    assert "\n101. " not in report
    assert report.endswith("... and 3 more, not listed.")


def test_nothing_is_raised_without_a_problem_and_all_of_them_with() -> None:
    raise_if_any([])
    found = [Problem("a", "One.", "Do."), Problem("b", "Two.", "Do.")]
    with pytest.raises(InputProblems) as raised:
        raise_if_any(iter(found))
    assert raised.value.problems == tuple(found)

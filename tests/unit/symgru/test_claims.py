"""The ledger's rule, its reports and its command."""

from __future__ import annotations

import html.parser
import re

import pytest

import symgru as sg
from continuation.errors import ContinuationError
from symgru import claims, cli
from symgru.claims import report
from symgru.claims.ledger import Claim, Finding, Outcome, Part, Row, compared, judge, run, stated

ROW = Row(7, "S3", "A <b> & c | d.", "refined", ("k = *2* [x]",), "proof", "None known.", 0.5)


def run_command(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        cli.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return end.value.code or 0, printed.out, printed.err


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ("HOLDS", "confirmed"),
        ("HOLDS SHARPER", "refined"),
        ("SHARPER ABSENT", "not reproduced"),
        ("ABSENT UNDECIDED HOLDS", "open"),
        ("UNDECIDED FAILS", "refuted"),
    ],
)
def test_the_strongest_outcome_gives_the_verdict(outcomes, verdict):
    assert judge([Part("", Outcome[name]) for name in outcomes.split()]) == verdict


def test_no_evidence_has_no_verdict():
    with pytest.raises(ValueError, match="at least one part"):
        judge([])


@pytest.mark.parametrize(
    ("found", "outcome"),
    [(0.504, Outcome.HOLDS), (0.52, Outcome.SHARPER), (0.56, Outcome.FAILS)],
)
def test_a_number_is_compared_within_its_printed_digits(found, outcome):
    assert compared("x", found, 0.5, rounding=0.005).outcome is outcome


def test_a_check_that_cannot_start_is_open_and_says_why():
    def stops() -> Finding:
        raise ContinuationError("no first point.")

    (row,) = run([Claim(1, "S1", "One.", stops)])
    assert row.verdict == "open" and "no first point" in row.evidence[0]


def test_there_are_34_claims_numbered_in_order():
    assert [claim.number for claim in claims.LEDGER] == list(range(1, 35))
    assert all(claim.claim.endswith(".") and claim.where for claim in claims.LEDGER)


@pytest.mark.parametrize(("only", "error"), [(0, ValueError), ([], ValueError), ("17", TypeError)])
def test_a_claim_that_does_not_exist_is_refused_in_one_sentence(only, error):
    with pytest.raises(error) as refused:
        sg.claims.check(only=only)
    assert "\n" not in str(refused.value) and len(str(refused.value)) > 20


def test_the_headline_counts_verdicts():
    assert report.headline([ROW, ROW]) == "2 claims: 2 refined"


def test_the_page_needs_nothing_else_and_escapes_what_it_shows():
    text = report.page([ROW])
    html.parser.HTMLParser().feed(text)
    assert not re.search(r"src=|@import|https?://", text)
    assert "A &lt;b&gt; &amp; c" in text and "None known." in text


def test_markdown_keeps_its_columns():
    text = report.markdown([ROW])
    assert r"| 7 | refined | A <b> & c \| d. |" in text
    assert r"k = \*2\* \[x\]" in text


def test_one_claim_is_rerun_with_its_evidence_and_a_report(capsys, tmp_path):
    code, out, err = run_command(capsys, "claims", "--only", "2", "--out", tmp_path)
    assert (code, err) == (0, "")
    assert "1 claim: 1 confirmed" in out and "Limits:" in out
    assert {path.name for path in tmp_path.iterdir()} == {"claims.html", "claims.md"}


def test_an_unknown_claim_is_refused_before_anything_is_written(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run_command(capsys, "claims", "--only", "35")
    assert (code, out) == (2, "") and err.count("\n") == 1 and "from 1 to 34" in err
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_keeps_the_claims_before_it(capsys, tmp_path, monkeypatch):
    def interrupted() -> Finding:
        raise KeyboardInterrupt

    done = Claim(1, "S1", "One.", lambda: Finding((stated("1 = 1", True),), "proof", "None."))
    monkeypatch.setattr(claims, "LEDGER", (done, Claim(2, "S1", "Two.", interrupted)))
    code, out, err = run_command(capsys, "claims", "--out", tmp_path)
    assert code == 130 and "1 of 2 claims" in err
    assert "1 claim: 1 confirmed" in (tmp_path / "claims.md").read_text(encoding="utf-8")
    assert "One." in out

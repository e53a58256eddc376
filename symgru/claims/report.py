"""The ledger in words: a table for the terminal, Markdown, and one self-contained page of HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from symgru.claims.ledger import VERDICTS, Row

__all__ = ["headline", "markdown", "page", "table", "write"]

MARKDOWN, PAGE = "claims.md", "claims.html"

TITLE = "The claims of Jordan, Sokol and Park (2021), checked"

COLOURS = {
    "confirmed": "#1b7837",
    "refined": "#2166ac",
    "refuted": "#b2182b",
    "not reproduced": "#b35806",
    "open": "#666666",
}
"""Dark enough on white to be read (contrast above 4.5)."""

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #222; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .2rem .6rem;
         border-bottom: 1px solid #ddd; }
.verdict { font-weight: 600; white-space: nowrap; }
h2 { margin: 2rem 0 .3rem; font-size: 1.1rem; }
li { overflow-wrap: anywhere; }
small { color: #555; }
"""


def headline(rows: Sequence[Row]) -> str:
    """Count the verdicts, in words.

    Parameters
    ----------
    rows : sequence of Row

    Returns
    -------
    str
        As in ``34 claims: 15 confirmed, 5 refined, ...``.
    """
    verdicts = [row.verdict for row in rows]
    order = sorted(set(VERDICTS.values()), key=list(COLOURS).index)
    counted = ", ".join(f"{verdicts.count(v)} {v}" for v in order if v in verdicts)
    return f"{len(rows)} {'claim' if len(rows) == 1 else 'claims'}: {counted}"


def table(rows: Sequence[Row]) -> str:
    """Write one line for each claim, and the headline under them.

    Parameters
    ----------
    rows : sequence of Row

    Returns
    -------
    str
        With the evidence too, if there is one row only.
    """
    width = max(map(len, COLOURS))
    lines = [f"{row.number:>3}  {row.verdict:<{width}}  {row.claim}" for row in rows]
    if len(rows) == 1:
        (row,) = rows
        lines += [f"     - {line}" for line in row.evidence]
        lines += [f"     Method: {row.method}.", f"     Limits: {row.limits}"]
    return "\n".join([*lines, "", headline(rows)])


def markdown(rows: Sequence[Row]) -> str:
    """Write the whole ledger in Markdown.

    Parameters
    ----------
    rows : sequence of Row

    Returns
    -------
    str
    """
    lines = [f"# {TITLE}", "", f"{headline(rows)}.", "", "| # | verdict | claim |", "|---|---|---|"]
    lines += [f"| {row.number} | {row.verdict} | {_escaped(row.claim)} |" for row in rows]
    for row in rows:
        lines += ["", f"## {row.number}. {row.claim}", ""]
        lines += [f"**{row.verdict}** ({row.where}; {row.seconds:.1f} s)", ""]
        lines += [f"- {_escaped(line)}" for line in row.evidence]
        lines += ["", f"*Method:* {row.method}.", "", f"*Limits:* {row.limits}"]
    return "\n".join(lines) + "\n"


def page(rows: Sequence[Row]) -> str:
    """Write the whole ledger as one page of HTML that needs nothing else.

    Parameters
    ----------
    rows : sequence of Row

    Returns
    -------
    str
    """
    listed = "\n".join(
        f'<tr><td>{row.number}</td><td>{_verdict(row)}</td><td><a href="#claim-{row.number}">'
        f"{html.escape(row.claim)}</a></td></tr>"
        for row in rows
    )
    sections = "\n".join(_section(row) for row in rows)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{TITLE}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{TITLE}</h1>
<p>{headline(rows)}.</p>
<table>
<tr><th>#</th><th>verdict</th><th>claim</th></tr>
{listed}
</table>
{sections}
</body>
</html>
"""


def write(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Write ``claims.html`` and ``claims.md``.

    Parameters
    ----------
    rows : sequence of Row
    folder : Path
        An existing folder; files of these names are replaced.

    Returns
    -------
    list of Path
    """
    written = []
    for name, text in ((PAGE, page(rows)), (MARKDOWN, markdown(rows))):
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def _verdict(row: Row) -> str:
    return f'<span class="verdict" style="color:{COLOURS[row.verdict]}">{row.verdict}</span>'


def _section(row: Row) -> str:
    evidence = "\n".join(f"<li>{html.escape(line)}</li>" for line in row.evidence)
    return (
        f'<h2 id="claim-{row.number}">{row.number}. {html.escape(row.claim)}</h2>\n'
        f"<p>{_verdict(row)} <small>{html.escape(row.where)}; {row.seconds:.1f} s</small></p>\n"
        f"<ul>\n{evidence}\n</ul>\n<p><em>Method:</em> {html.escape(row.method)}.<br>\n"
        f"<em>Limits:</em> {html.escape(row.limits)}</p>"
    )


def _escaped(text: str) -> str:
    """Text in which Markdown sees no columns, emphasis or links."""
    for mark in "\\|*_[]":
        text = text.replace(mark, "\\" + mark)
    return text

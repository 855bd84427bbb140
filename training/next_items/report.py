"""The page of a model that recommends: what it is good for, in a few figures."""

from html import escape
from typing import TYPE_CHECKING

from features.bundle import Manifest
from training.bootstrap import Interval

if TYPE_CHECKING:
    from training.next_items.run import Figures

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>What comes next: {version}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}}td,th{{padding:.2em 1em .2em 0;
text-align:left}}</style></head><body>
<h1>What comes next in a session: {version}</h1>
<p>Learned from {examples} looks of {sessions} sessions of {shop}; judged on the newest fifth, which the judged forest
did not see. Both orders are of the same candidates.</p>
<table><tr><th></th><th>next item in the first 20</th><th>mean reciprocal place</th></tr>
<tr><td>this model</td><td>{precision:.1%}</td><td>{mrr:.4f}</td></tr>
<tr><td>the candidates' own order</td><td>{own_precision:.1%}</td><td>{own_mrr:.4f}</td></tr></table>
<p>The gain is {gain:+.4f}, with 95 % certainty between {low:+.4f} and {high:+.4f}.</p>
</body></html>
"""


def report(manifest: Manifest, model: "Figures", own_order: "Figures", gain: Interval) -> str:
    """Return the page, self-contained."""
    return _PAGE.format(
        version=escape(manifest.version),
        shop=escape(manifest.shop),
        examples=f"{manifest.counts['examples']:,}",
        sessions=f"{manifest.counts['sessions']:,}",
        precision=model.precision,
        mrr=model.mrr,
        own_precision=own_order.precision,
        own_mrr=own_order.mrr,
        gain=gain.mean,
        low=gain.low,
        high=gain.high,
    )

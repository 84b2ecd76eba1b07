"""Panels of a Grafana board as plain values, and the JSON that Grafana reads.

    rows of panels, each with its queries -> board -> JSON

It knows how Grafana writes things and how PromQL adds them up, and nothing of what is measured. The
source of the data and the servers are chosen on the board. How many seconds are between two scrapes
is Grafana's to know: ``$__rate_interval`` is its word for a span that holds some.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS: Final = 24
TALL: Final = 8
LOW: Final = 4

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Query:
    """One query, and what its lines are called: ``{{label}}`` is a label's value."""

    expr: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What 0 and 1 are called, and in which colour."""

    no: tuple[str, str]
    yes: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Panel:
    """Queries in one picture: lines over time, or with ``is_number`` the last value alone."""

    title: str
    about: str
    unit: str
    queries: tuple[Query, ...]
    width: int = 8
    is_number: bool = False
    words: Words | None = None


def number(
    title: str, about: str, expr: str, unit: str = "short", words: Words | None = None
) -> Panel:
    """One number, or a word for it."""
    return Panel(title, about, unit, (Query(expr),), LOW, is_number=True, words=words)


def chosen(metric: str, labels: str = "") -> str:
    """A metric of the servers that are chosen on the board."""
    more = f", {labels}" if labels else ""
    return f'{metric}{{instance=~"$instance"{more}}}'


def total(metric: str, *by: str, labels: str = "") -> str:
    """A gauge, added up over the servers."""
    return f"sum{_by(by)} ({chosen(metric, labels)})"


def rate(metric: str, *by: str, labels: str = "") -> str:
    """How much is added to a counter in a second."""
    return f"sum{_by(by)} (rate({chosen(metric, labels)}[$__rate_interval]))"


def quantile(metric: str, share: float, *by: str) -> str:
    """The value that so large a share of a histogram stays under."""
    return f"histogram_quantile({share}, {rate(f'{metric}_bucket', *by, 'le')})"


def quantiles(metric: str, *by: str) -> tuple[Query, ...]:
    """What half stay under, and what one in twenty, and one in a hundred, exceed."""
    labels = "".join(f" {{{{{label}}}}}" for label in by)
    return tuple(
        Query(quantile(metric, share, *by), f"{word}{labels}")
        for share, word in ((0.5, "half under"), (0.95, "95 % under"), (0.99, "99 % under"))
    )


def _by(labels: Sequence[str]) -> str:
    return f" by ({', '.join(labels)})" if labels else ""


def board(title: str, uid: str, rows: Mapping[str, Sequence[Panel]]) -> Json:
    """The whole board, one row after the other."""
    return {
        "title": title,
        "uid": uid,
        "tags": ["voip"],
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "schemaVersion": 38,
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [_source_variable(), _instance_variable()]},
        "panels": list(_panels(rows)),
    }


def _source_variable() -> Json:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": {},
    }


def _instance_variable() -> Json:
    return {
        "name": "instance",
        "label": "Server",
        "type": "query",
        "datasource": SOURCE,
        "query": "label_values(voip_build_info, instance)",
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _panels(rows: Mapping[str, Sequence[Panel]]) -> Iterator[Json]:
    """Each row's head, then its panels from left to right, as many as fit beside each other."""
    top, count = 0, 0
    for title, panels in rows.items():
        count += 1
        yield {
            "id": count,
            "type": "row",
            "title": title,
            "collapsed": False,
            "gridPos": {"x": 0, "y": top, "w": COLUMNS, "h": 1},
            "panels": [],
        }
        top, left, height = top + 1, 0, 0
        for panel in panels:
            if left + panel.width > COLUMNS:
                top, left = top + height, 0
            height = LOW if panel.is_number else TALL
            count += 1
            place = {"x": left, "y": top, "w": panel.width, "h": height}
            yield {"id": count, "gridPos": place, **_panel(panel)}
            left += panel.width
        top += height


def _panel(panel: Panel) -> Json:
    defaults: Json = {"unit": panel.unit, "min": 0, "color": {"mode": "palette-classic"}}
    options: Json = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    if panel.is_number:
        defaults["color"] = {"mode": "fixed", "fixedColor": "text"}
        options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value"}
    if panel.words is not None:
        defaults["mappings"] = [_mapping(panel.words)]
        defaults["color"] = {"mode": "thresholds"}
    return {
        "type": "stat" if panel.is_number else "timeseries",
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "targets": [_target(at, query) for at, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
    }


def _mapping(words: Words) -> Json:
    return {
        "type": "value",
        "options": {
            str(value): {"index": value, "text": text, "color": colour}
            for value, (text, colour) in enumerate((words.no, words.yes))
        },
    }


def _target(at: int, query: Query) -> Json:
    return {
        "refId": chr(ord("A") + at),
        "datasource": SOURCE,
        "expr": query.expr,
        "legendFormat": query.name,
    }

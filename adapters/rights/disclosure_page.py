"""A disclosure as a page that a person can read: one file, without scripts, nothing loaded, everything escaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined

_TITLES = {
    "fields": "What we know about you",
    "changes_of_fields": "How that changed",
    "addresses_ever": "Addresses",
    "events": "What you did",
    "consents": "What you agreed to",
    "suppressions": "Where we must not write",
    "lists": "Lists",
    "memberships": "Groups that you were counted among",
    "stages": "Stages",
    "held_out": "Held out of a message, to compare",
    "sent_elsewhere": "Messages from before",
    "now": "What the rules say of you now",
    "decisions": "What was decided, and why",
    "messages": "Messages",
    "not_imported": "Rows that could not be read",
    "rehearsed_decisions": "Decisions of rehearsals, which reached nobody",
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ told.contact }}: what {{ told.project }} holds</title>
<style>
body { font: 15px/1.5 sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #222; }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem; border-bottom: 1px solid #ccc }
table { border-collapse: collapse; margin: .4rem 0 } td, th { border: 1px solid #ddd; padding: .2rem .5rem;
text-align: left; vertical-align: top } th { background: #f4f4f4; font-weight: 600 }
pre { white-space: pre-wrap; margin: 0 } .none { color: #777 }
</style>
</head>
<body>
{%- macro value(v) -%}
{%- if v is mapping -%}
{%- if v -%}<table>{% for name, one in v.items() %}<tr><th>{{ name | words }}</th><td>{{ value(one) }}</td></tr>
{% endfor %}</table>{%- else -%}<span class="none">nothing</span>{%- endif -%}
{%- elif v is string -%}
{%- if "\\n" in v -%}<pre>{{ v }}</pre>{%- else -%}{{ v }}{%- endif -%}
{%- elif v is sequence -%}
{%- if v and v[0] is mapping -%}
<table><tr>{% for name in v[0] %}<th>{{ name | words }}</th>{% endfor %}</tr>
{% for row in v %}<tr>{% for one in row.values() %}<td>{{ value(one) }}</td>{% endfor %}</tr>
{% endfor %}</table>
{%- elif v -%}{% for one in v %}<div>{{ value(one) }}</div>{% endfor %}
{%- else -%}<span class="none">nothing</span>{%- endif -%}
{%- elif v is none -%}<span class="none">-</span>
{%- elif v is boolean -%}{{ "yes" if v else "no" }}
{%- else -%}{{ v }}{%- endif -%}
{%- endmacro -%}
<h1>What {{ told.project }} holds about {{ told.contact }}</h1>
<p>As of {{ told.at }}.</p>
{% for name, title in titles.items() if name in told %}
<h2>{{ title }}</h2>
{{ value(told[name]) }}
{% endfor %}
</body>
</html>
"""


def page(told: Mapping[str, Any]) -> str:
    """The page of what `disclosing.disclosure` says."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    return environment.from_string(_PAGE).render(told=told, titles=_TITLES)

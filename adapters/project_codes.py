"""One page per code of project files and templates: title, bad, good, why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Page(NamedTuple):
    """What `kadenz explain CODE` shows."""

    title: str
    bad: str
    good: str
    why: str


CODES: Mapping[str, Page] = {
    "K0901": Page(
        "YAML that cannot be read",
        "from: Shop: news",
        'from: "Shop: news"',
        "A colon, a bracket or a quote has a meaning in YAML; text that has one stands in double quotes.",
    ),
    "K0902": Page(
        "a key that nobody reads",
        "time_zon: Europe/Zurich",
        "time_zone: Europe/Zurich",
        "A misspelt key would silently do nothing, so every key must be known.",
    ),
    "K0903": Page(
        "a key is missing",
        "channels:\n  email: {kind: smtp}",
        'channels:\n  email: {kind: smtp, host: mail.example.ch, from: "Shop <news@shop.example>"}',
        "There is no safe default for this key.",
    ),
    "K0904": Page(
        "a value that does not fit its key",
        "settle: soon",
        "settle: 5 minutes",
        "The value is of another type than the key wants, or outside its limits.",
    ),
    "K0905": Page(
        "YAML that is refused",
        "a: &x [1, 2]\nb: *x",
        "a: [1, 2]\nb: [1, 2]",
        "Aliases, tags and very large or deep files can freeze the reader; project files come from pull requests "
        "that nobody has read yet, so they are refused before anything is built from them.",
    ),
    "K0906": Page(
        "a key stands twice",
        "name: shop\nname: store",
        "name: shop",
        "Only one of them could count, and readers would disagree which.",
    ),
    "K0907": Page(
        "a type that does not exist",
        "email: string",
        "email: text",
        "Types: text, number, decimal(n), money CUR, boolean, date, month day, datetime, one of [..], set of [..], "
        "point, zone.",
    ),
    "K0908": Page(
        "a name that cannot be used",
        "fields:\n  _id: text\n  Email: text\n  email: text",
        "fields:\n  id: text\n  email: text",
        "Names are letters of any script, digits and underscores, and begin with a letter. Stores do not tell names "
        "apart by capitals alone, and every project has the message events already.",
    ),
    "K0909": Page(
        "a reference that leads nowhere",
        "channels:\n  email: {kind: folder, folder: out/email, address: emial}",
        "channels:\n  email: {kind: folder, folder: out/email, address: email}",
        "The named field or column does not exist, or its type cannot bear the role.",
    ),
    "K0910": Page(
        "a file that is not read",
        "playbooks/shop.play -> /etc/hostname",
        "playbooks/shop.play as a plain file",
        "Only plain UTF-8 files inside the project are read: a link in a pull request could show what lies outside.",
    ),
    "K0920": Page(
        "a template whose head cannot be used",
        "Hello {{ contact.first_name }}",
        '---\nchannel: email\nsubject: Welcome\n---\nHello {{ contact.first_name | default("there") }}',
        "A template begins with a head between two lines `---` that names its channel; mail needs a subject.",
    ),
    "K0921": Page(
        "a template that cannot be read",
        "Hello {{ contact.first_name }",
        "Hello {{ contact.first_name }}",
        "A value stands between `{{` and `}}`, a condition between `{% if .. %}` and `{% endif %}`.",
    ),
    "K0922": Page(
        "something that templates may not do",
        "{{ contact.first_name.upper() }}",
        "{{ contact.first_name | upper }}",
        "Templates come from pull requests. They show values and choose between texts; they call nothing, reckon "
        "nothing and read no other file.",
    ),
    "K0923": Page(
        "a value that does not exist",
        "Hello {{ contact.frist_name }}",
        "Hello {{ contact.first_name }}",
        "Templates are checked against the schema when the playbooks are, so that no message fails for a typing error.",
    ),
    "K0924": Page(
        "an event's value that is not always there",
        "{{ event.amount }} in a template that `on entering SEGMENT` sends",
        "{{ event.amount }} in a template that only `on purchase` sends",
        "Every trigger that sends the template must begin with an event that has this property. Where two triggers "
        "share a template and one of them lacks it, that one needs a template of its own: a default would hide from "
        "whoever reviews the text that half of the messages lack their point.",
    ),
    "K0925": Page(
        "an offer that is not always sent",
        "{{ offer.code }} with `send email welcome`",
        "{{ offer.code }} with `send email welcome with offer welcome10`",
        "Every trigger that sends the template must send it with an offer that has a value here.",
    ),
    "K0926": Page(
        "a value that may be missing",
        "Hello {{ contact.first_name }}",
        'Hello {{ contact.first_name | default("there") }}',
        "A message whose value is missing is not sent but fails, with the field named. A default, or `{% if %}` around "
        "it, keeps the message.",
    ),
    "K0927": Page(
        "a template for a channel that does not exist",
        "channel: emial",
        "channel: email",
        "A template says for which channels of `kadenz.yaml` it was written.",
    ),
    "K0928": Page(
        "a value where HTML cannot keep it safe",
        "<a href={{ contact.link }}>",
        '<a href="{{ contact.link | url }}">',
        "A value may stand in text or between the quotes of an attribute; in a link it goes through `url`. Elsewhere a "
        "contact's own data could change the page.",
    ),
    "K0929": Page(
        "a value in a form that does not fit its type",
        "{{ contact.first_name | date }}",
        "{{ contact.birth_date | date }}",
        "`date` shows dates and `money` shows money; yes-or-no fields are for `{% if %}`.",
    ),
    "K0930": Page(
        "a value as another tool writes it",
        "Hello *|FNAME|*",
        'Hello {{ contact.first_name | default("there") }}',
        "A text that was copied from another tool still holds its words for values: `*|FNAME|*`, `%%FIRSTNAME%%`, "
        "`[[name]]`. Here they are letters like others, and everybody would read them.",
    ),
    "K0931": Page(
        "a run that is over before it is judged",
        "wait 1 hour unless did purchase since then\nexpires after 3 minutes      # settle: 5 minutes",
        "wait 1 hour unless did purchase since then\nexpires after 1 hour",
        "A run that hangs on something not happening is judged `settle` (kadenz.yaml) after it is due, so that late "
        "data is in; if it expires before, it can never send.",
    ),
    "K0932": Page(
        "a country where no minute is left to send",
        "deliver between 09:00 and 10:00        # country: one of [CH, US]",
        "deliver between 09:00 and 18:00",
        "Who has no time zone of its own lives in all zones of its country, and is written to only while all of them "
        "are open. In the United States that takes a window of more than six hours.",
    ),
    "K0935": Page(
        "a link that leads nowhere, or where nobody decided",
        '<a href="/offers">Offers</a>',
        '<a href="https://shop.example/offers">Offers</a>',
        "A mail stands on no page, so an address in it is whole: `https:`, `mailto:` or `tel:`. Its host is written in "
        "the template, never a value, so that no data sends readers elsewhere; values behind it go through `url`; and "
        "personal data stays out of queries, which every server on the way writes into its log.",
    ),
    "K0936": Page(
        "mail without a way to say no",
        "channel: email      # and no `{{ unsubscribe }}` in the text",
        'No more messages? <a href="{{ unsubscribe }}">Unsubscribe</a>',
        "Who gets promotional mail must be able to end it in the mail itself, where people look for it, and in the "
        "header that mail programs make a button of: `{{ unsubscribe }}` in the template, `list_unsubscribe` in "
        "kadenz.yaml.",
    ),
    "K0937": Page(
        "two files are the same template in the same language",
        "templates/welcome.de.j2 and templates/old/welcome.de.j2",
        "one of them, or another name",
        "One of the two would be sent, and nobody could say which.",
    ),
    "K0938": Page(
        "a link to unsubscribe where there is none",
        "{{ unsubscribe }}      # in a letter, or in a receipt",
        '{{ unsubscribe | default("Write to us") }}',
        "Only channels with `list_unsubscribe` have such a link, and transactional messages have none. A message that "
        "shows what is missing is not sent.",
    ),
}
"""Code -> its page. Codes are stable."""

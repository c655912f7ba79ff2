"""The pages that somebody sees who follows a link to unsubscribe: plain HTML, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

FALL_BACK = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; `{name}` is who sends."""

    title: str
    ask: str
    button: str
    done: str
    wrong: str


WORDS: Mapping[str, Words] = {
    "de": Words(
        "Abmelden",
        "Möchten Sie von {name} keine solchen Nachrichten mehr erhalten?",
        "Ja, abmelden",
        "Sie sind abgemeldet. Es kommt keine solche Nachricht mehr.",
        "Dieser Link ist nicht vollständig. Bitte öffnen Sie ihn noch einmal aus der Nachricht.",
    ),
    "fr": Words(
        "Se désabonner",
        "Souhaitez-vous ne plus recevoir de tels messages de {name} ?",
        "Oui, me désabonner",
        "Vous êtes désabonné. Vous ne recevrez plus de tels messages.",
        "Ce lien n’est pas complet. Veuillez l’ouvrir à nouveau depuis le message.",
    ),
    "it": Words(
        "Annullare l’iscrizione",
        "Non desidera più ricevere questi messaggi da {name}?",
        "Sì, annullare l’iscrizione",
        "La sua iscrizione è annullata. Non riceverà più questi messaggi.",
        "Questo link non è completo. Lo apra di nuovo dal messaggio.",
    ),
    "en": Words(
        "Unsubscribe",
        "Would you like to receive no more messages of this kind from {name}?",
        "Yes, unsubscribe me",
        "You are unsubscribed. No message of this kind will come any more.",
        "This link is not complete. Please open it again from the message.",
    ),
}
"""What the pages can say. A language that is not here is passed over for the next one."""


def language_of(wished: Iterable[str | None]) -> str:
    """The first language of `wished` that the pages speak: `de-CH` is `de`."""
    for one in wished:
        short = (one or "").replace("_", "-").partition("-")[0].strip().lower()
        if short in WORDS:
            return short
    return FALL_BACK


def accepted(header: str) -> list[str]:
    """The languages of an `Accept-Language` header, the most wanted first; a header that is none has none.

    >>> accepted("fr;q=0.5, de-CH, en;q=0.8")
    ['de-CH', 'en', 'fr']
    """
    found: list[tuple[float, str]] = []
    for part in header[:500].split(",")[:20]:
        name, _, quality = part.strip().partition(";q=")
        try:
            found.append((-float(quality or 1), name.strip()))
        except ValueError:
            continue
    return [name for _, name in sorted(found, key=lambda pair: pair[0]) if name]


def asking(language: str, name: str) -> str:
    """The page with the button. It changes nothing by being looked at."""
    words = WORDS[language]
    form = (
        '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        f'<input type="hidden" name="language" value="{language}">'
        f"<button>{escape(words.button)}</button></form>"
    )
    return _page(language, words.title, words.ask.format(name=name), form)


def done(language: str) -> str:
    """The page after the button."""
    return _page(language, WORDS[language].title, WORDS[language].done)


def wrong(language: str) -> str:
    """The page for a link that is none of ours."""
    return _page(language, WORDS[language].title, WORDS[language].wrong)


def _page(language: str, title: str, text: str, more: str = "") -> str:
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        "<style>body{font:1.1rem/1.5 sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}"
        "button{font:inherit;padding:.5rem 1rem}</style></head>"
        f"<body><h1>{escape(title)}</h1><p>{escape(text)}</p>{more}</body></html>\n"
    )

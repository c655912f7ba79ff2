"""What a field declares under `normalise:`: done once at ingestion, so that comparisons are exact."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from dsl.schema import Normalisation


def normalise(value: str, steps: Iterable[Normalisation], country: str | None = None) -> str | tuple[str, str] | None:
    """The value after all steps in their order, NFC; None if nothing is left; (reason, detail) if it cannot be.

    `country`: ISO code that a phone number without a country is read in.
    """
    for step in steps:
        match step:
            case "trim":
                value = value.strip()
            case "lower":
                value = value.lower()
            case "email" | "phone":
                done = _email(value.strip()) if step == "email" else _phone(value.strip(), country)
                if isinstance(done, tuple):
                    return done
                value = done
        if not value:
            return None
    return unicodedata.normalize("NFC", value)


def _email(value: str) -> str | tuple[str, str]:
    from email_validator import EmailNotValidError, validate_email

    try:
        # whether a domain can receive mail is asked when mail is sent, never while a file is read
        found = validate_email(value.removeprefix("mailto:"), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return "invalid address", f"`{value[:60]}` is no email address"
    if "." not in found.domain:
        return "invalid address", f"`{value[:60]}` is no email address that can be reached from outside"
    return found.normalized


@lru_cache(maxsize=4096)
def _phone(value: str, country: str | None) -> str | tuple[str, str]:
    import phonenumbers

    try:
        found = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        found = None
    if found is None or not phonenumbers.is_valid_number(found):
        where = "" if country else " (without a country, write it with +41)"
        return "invalid address", f"`{value[:60]}` is no phone number{where}"
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)

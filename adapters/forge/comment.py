"""One comment a request, found by its first line, written anew in its place; doubles are taken away."""

from __future__ import annotations

from typing import Literal

from adapters.forge.client import Forge

Done = Literal["created", "updated", "same", "none"]


def put(forge: Forge, mark: str, body: str, *, needed: bool) -> Done:
    """Bring the one comment that begins with `mark` to `body`. Where there is none it is made, if `needed`: a change
    that does nothing is worth no comment, but an earlier one must not go on telling of more. Raises ForgeError."""
    ours = [one for one in forge.comments() if one.body.startswith(mark)]
    if not ours:
        if needed:
            forge.create(body)
        return "created" if needed else "none"
    first, *doubles = ours
    for one in doubles:  # two jobs that began together
        forge.delete(one.id)
    # forges change line ends and cut blank ones off the end
    if first.body.replace("\r\n", "\n").strip() == body.strip():
        return "same"
    forge.update(first.id, body)
    return "updated"

"""The channels of a project, opened: real ones at the present, folders in a rehearsal."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from adapters.channel_config import BatchConfig, ChannelConfig, FolderConfig, HttpConfig, SmtpConfig, WebhookConfig
from adapters.channels.folder import FolderChannel
from adapters.channels.setting import FieldSetter, Settable
from engine.outgoing import CALL, SET
from engine.protocols import ChannelAdapter, Commit, Guarantee, Receipt, Rendered

if TYPE_CHECKING:
    from adapters.project import Project

NOTIFY = "notify"
"""The channel of notices to teams; the message's address is the team."""


class Teams:
    """Notices, each to its team (`message.address`); calls to their hooks alike."""

    def __init__(self, teams: Mapping[str, ChannelAdapter], what: str = "team") -> None:
        self._teams = teams
        self._what = what

    @property
    def guarantee(self) -> Guarantee:
        """The weakest of the teams' promises."""
        promises = [team.guarantee for team in self._teams.values()]
        return Guarantee(
            idempotent=all(p.idempotent for p in promises),
            retry_after_refusal=all(p.retry_after_refusal for p in promises),
            about="each notice as its team's channel promises",
        )

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """Hand a notice to its team. Raises Unreachable as the team's channel does."""
        team = self._teams.get(message.address or "")
        if team is None:
            return Receipt("failed", f"there is no {self._what} `{message.address}`")
        return team.hand_over(message, commit)

    def close(self) -> None:
        """Release the connections of all teams."""
        for team in self._teams.values():
            team.close()


def open_channels(
    project: Project,
    *,
    rehearsal: bool,
    clock: Callable[[], int],
    facts: Settable | None = None,
    environment: Mapping[str, str] | None = None,
    on_point: Callable[[str], None] | None = None,
) -> dict[str, ChannelAdapter]:
    """An adapter for each channel of the project, "notify" for its teams, "call" for its hooks, "set" for fields of
    contacts in `facts`. Nothing is connected yet.

    `rehearsal`: everything goes into folders below `Project.rehearsal_folder`, and no field is set. `environment`
    (os.environ) holds the passwords. `clock` gives the present in microseconds. `on_point`: see
    `adapters.channels.batch_files.BATCH_POINTS`.
    """
    env = os.environ if environment is None else environment

    def opened(name: str, config: ChannelConfig, *, alone: bool = True) -> ChannelAdapter:
        if isinstance(config, BatchConfig):
            from adapters.channels.batch import BatchChannel

            folder = project.rehearsal_folder / name if rehearsal else config.folder
            return BatchChannel(name, replace(config, folder=folder), point=on_point, remembers=not rehearsal)
        if rehearsal:
            return FolderChannel(project.rehearsal_folder / name)
        return _open(config, clock, env, alone=alone)

    channels = {name: opened(name, config) for name, config in project.channels.items()}
    only = len(project.teams) == 1
    teams = {name: opened(str(Path(NOTIFY) / name), config, alone=only) for name, config in project.teams.items()}
    hooks: dict[str, ChannelAdapter] = {}
    for name, hook in project.hooks.items():
        if rehearsal:
            hooks[name] = FolderChannel(project.rehearsal_folder / CALL / name, calls=True)
        elif isinstance(hook, FolderConfig):
            hooks[name] = FolderChannel(hook.folder, calls=True)
        else:
            hooks[name] = _webhook(hook, clock, env, calls=True, alone=len(project.hooks) == 1)
    found: dict[str, ChannelAdapter] = {**channels, NOTIFY: Teams(teams), CALL: Teams(hooks, "hook")}
    if rehearsal:
        found[SET] = FolderChannel(project.rehearsal_folder / SET)
    elif facts is not None:
        found[SET] = FieldSetter(facts, clock)
    return found


def _webhook(
    config: WebhookConfig, clock: Callable[[], int], env: Mapping[str, str], *, calls: bool, alone: bool
) -> ChannelAdapter:
    from adapters.channels.http_guard import GuardedHttp
    from adapters.channels.webhook import WebhookChannel

    secrets = {name: env.get(name) for name in config.secret_envs}
    http = GuardedHttp(own_hosts=config.own_hosts, timeout=config.timeout)
    return WebhookChannel(config.url, secrets, clock, http, calls=calls, alone=alone)


def _open(
    config: FolderConfig | SmtpConfig | HttpConfig | WebhookConfig,
    clock: Callable[[], int],
    env: Mapping[str, str],
    *,
    alone: bool,
) -> ChannelAdapter:
    match config:
        case FolderConfig(folder=folder):
            return FolderChannel(folder)
        case SmtpConfig(password_env=name, unsubscribe_secret_env=signing):
            from adapters.channels.smtp import SmtpChannel

            return SmtpChannel(
                config, env.get(name) if name else None, clock, unsubscribe_secret=env.get(signing) if signing else None
            )
        case HttpConfig(secret_env=secret):
            from adapters.channels.http import HttpChannel
            from adapters.channels.http_guard import GuardedHttp

            guarded = GuardedHttp(own_hosts=config.own_hosts, timeout=config.timeout)
            return HttpChannel(config, env.get(secret) if secret else None, guarded)
        case WebhookConfig():
            return _webhook(config, clock, env, calls=False, alone=alone)
        case _:
            assert_never(config)

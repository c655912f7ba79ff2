"""Numbered forward migrations of the ledger. Once released a migration never changes; a new one is added at the end.
They are written for SQLite; `adapters.stores.ledger_dialects` makes of them what Postgres takes.

The version stands in `meta.schema` and is read again inside every write transaction, so that an old program that is
still running during an update fails at its next write instead of writing what a newer one would misread.
"""

from __future__ import annotations

from adapters.stores.ledger_database import Database, LedgerError

_FIRST = """
create table meta (
  id integer primary key check (id = 1), schema integer not null, created_at integer not null
) strict;

-- what the last tick saw
create table tick (
  id integer primary key autoincrement, as_of integer not null, seq integer not null, plan text not null
) strict;
create table definition (name text primary key, hash text not null) strict, without rowid;
create table activation (trigger_id text primary key, active_from integer not null) strict, without rowid;
create table member (
  id integer primary key, segment text not null, contact text not null, from_at integer not null, to_at integer
) strict;
create unique index member_open on member (segment, contact) where to_at is null;
create index member_contact on member (segment, contact, from_at, to_at);
create table stage (
  id integer primary key, score text not null, contact text not null, stage text not null,
  from_at integer not null, to_at integer
) strict;
create unique index stage_open on stage (score, contact) where to_at is null;
create index stage_contact on stage (score, contact, from_at, to_at);
create table known_contact (contact text primary key) strict, without rowid;

-- evidence from outside
create table consent (
  seq integer primary key autoincrement, id text not null unique, contact text not null, purpose text not null,
  channel text not null, state text not null check (state in ('granted', 'withdrawn')),
  basis text not null check (basis in ('consent', 'request', 'contract', 'legitimate_interest')),
  evidence text not null, at integer not null
) strict;
create index consent_latest on consent (contact, purpose, channel, at, seq);
-- an id that stands already is left as it is, also against REPLACE from another program
create trigger consent_once before insert on consent
when exists (select 1 from consent where id = new.id or seq = new.seq)
begin select raise(ignore); end;
create trigger consent_no_update before update on consent
begin select raise(abort, 'the consent record is append-only'); end;
create trigger consent_no_delete before delete on consent
begin select raise(abort, 'the consent record is append-only'); end;
create table suppression (
  seq integer primary key autoincrement, id text not null unique, contact text, address text, channel text,
  reason text not null, at integer not null, check ((contact is null) <> (address is null))
) strict;
create index suppression_contact on suppression (contact) where contact is not null;
create index suppression_address on suppression (address) where address is not null;
create table history (
  id text primary key, contact text not null, at integer not null, channel text not null,
  category text not null check (category in ('promotional', 'service', 'transactional')),
  tags text not null, local_date integer not null
) strict, without rowid;
create index history_contact on history (contact, at);
create table pause (trigger_id text primary key, why text not null, at integer not null) strict, without rowid;

-- decisions
create table firing (
  key text primary key, trigger_id text not null, contact text not null, occasion text not null,
  cause_at integer not null, seen_at integer not null, due_at integer not null, expires_at integer not null,
  event_type text, event text, properties text not null,
  state text not null check (state in ('waiting', 'held', 'queued', 'done')), not_before integer, channel text
) strict, without rowid;
create index firing_open on firing (state) where state <> 'done';
create index firing_contact on firing (contact);
create table judgement (
  seq integer primary key autoincrement, key text not null, at integer not null,
  outcome text not null check (outcome in ('waiting', 'queued', 'held', 'refused', 'expired', 'missed')),
  gate text not null, detail text not null, until integer
) strict;
create index judgement_key on judgement (key, seq);
create trigger judgement_no_update before update on judgement
begin select raise(abort, 'judgements are append-only'); end;
create trigger judgement_no_delete before delete on judgement
begin select raise(abort, 'judgements are append-only'); end;

-- the outbox
create table outbox (
  id integer primary key autoincrement, key text not null unique,
  kind text not null check (kind in ('message', 'notice')),
  trigger_id text not null, contact text not null, channel text not null, template text not null, offer text,
  category text not null check (category in ('promotional', 'service', 'transactional')),
  purpose text not null, tags text not null, address text, cause_at integer not null, reserved_at integer not null,
  expires_at integer not null, local_date integer not null, text text, event_type text, event text,
  properties text not null,
  state text not null check (state in
    ('held', 'queued', 'claimed', 'committing', 'sent', 'failed', 'suppressed', 'expired', 'uncertain')),
  fence integer not null default 0, owner text, attempts integer not null default 0, not_before integer,
  note text not null default '', changed_at integer not null,
  refusals integer not null default 0, repeatable integer not null default 0 check (repeatable in (0, 1))
) strict;
create index outbox_queued on outbox (channel, id) where state = 'queued';
create index outbox_queued_expires on outbox (expires_at) where state = 'queued';
create index outbox_owned on outbox (owner) where state in ('claimed', 'committing');
create index outbox_state on outbox (state, id);
create index outbox_run on outbox (trigger_id, contact);
-- the state machine of ARCHITECTURE.md §4, kept by the file itself
create trigger outbox_arrows before update of state on outbox
when old.state <> new.state and (old.state || '>' || new.state) not in (
  'held>queued', 'held>suppressed', 'held>expired',
  'queued>held', 'queued>claimed', 'queued>suppressed', 'queued>expired',
  'claimed>queued', 'claimed>held', 'claimed>committing', 'claimed>failed', 'claimed>suppressed', 'claimed>expired',
  'committing>queued', 'committing>sent', 'committing>failed', 'committing>uncertain',
  'uncertain>sent', 'uncertain>failed')
begin select raise(abort, 'this change of state does not exist'); end;
create trigger outbox_no_delete before delete on outbox
begin select raise(abort, 'nothing leaves the outbox'); end;
create table attempt (
  outbox integer not null references outbox (id), n integer not null, fence integer not null, owner text not null,
  marked_at integer not null, ended_at integer, outcome text, note text, provider_id text, primary key (outbox, n)
) strict, without rowid;
create table reservation (
  key text primary key references outbox (key), contact text not null, at integer not null, channel text not null,
  category text not null, tags text not null, local_date integer not null,
  counting integer not null check (counting in (0, 1))
) strict, without rowid;
create index reservation_contact on reservation (contact, at);
create table sent (
  seq integer primary key autoincrement, key text not null unique references outbox (key), at integer not null
) strict;
"""

_WATCHED_FIELDS = """
create table watched_field (name text primary key, at integer not null) strict, without rowid;
create table field_value (
  name text not null, contact text not null, value any, changes integer not null default 0,
  primary key (name, contact)
) strict, without rowid;
"""

_GHOSTS = """
create table ghost (
  key text primary key, trigger_id text not null, contact text not null, cause_at integer not null,
  properties text not null, at integer not null
) strict, without rowid;
create index ghost_run on ghost (trigger_id, contact);
"""

_UNITS = """
alter table reservation add column units text not null default '{}';
"""

_QUALITY = """
create table quality (
  block text not null, at integer not null, number integer not null,
  met integer not null, "of" integer not null, wanted integer not null,
  primary key (block, at, number)
) strict, without rowid;
"""

_REACHINGS = """
create table reaching (
  score text not null, stage text not null, contact text not null, at integer not null,
  counted integer not null check (counted in (0, 1)), primary key (score, contact, stage, at)
) strict, without rowid;
"""

_HELD_OFFERS = """
-- what a message makes its contact hold, as the offer was when it was reserved; it counts as its reservation does
create table held_offer (
  seq integer primary key autoincrement, key text not null unique, contact text not null, offer text not null,
  at integer not null, offer_group text, worth integer, unit text, last_day integer
) strict;
create index held_offer_contact on held_offer (contact, seq);
create index held_offer_offer on held_offer (offer);
insert into held_offer (key, contact, offer, at)
select key, contact, offer, reserved_at from outbox where kind = 'message' and offer is not null order by id;
"""

_LISTS = """
create table list_entry (
  id integer primary key, list text not null, contact text not null, added_at integer not null, removed_at integer
) strict;
create unique index list_entry_open on list_entry (list, contact) where removed_at is null;
create index list_entry_contact on list_entry (contact, list);
create table list_version (
  list text not null, number integer not null, at integer not null, added integer not null, removed integer not null,
  total integer not null, primary key (list, number)
) strict, without rowid;
"""

_QUIET = """
create table quiet_contact (contact text primary key) strict, without rowid;
"""

_JOURNAL = """
-- how far each journal of hand-overs (a file beside the database) went when this ledger was last at work with it
create table journal (id text primary key, host text not null, position integer not null) strict, without rowid;
"""

_DUE = """
-- what a tick leaves for the next one (`ledger_due`)
create table due (contact text primary key, at integer not null) strict, without rowid;
create index due_at on due (at);
create table reckoned (
  id integer primary key check (id = 1), tick integer not null, last integer not null, mark integer not null,
  line integer not null, line_mark integer not null, consents integer not null, lists text not null,
  horizon integer not null
) strict;
"""

_LATEST = """
-- no event that was there then is of a later instant; of what was kept before there is no telling
alter table reckoned add column latest integer not null default 9223372036854775807;
"""

_COPIED = """
-- how far a rehearsal has taken rows over, of each ledger by when it was made (`ledger_copying`)
create table copied (
  source integer not null, what text not null, seq integer not null, id text not null, primary key (source, what)
) strict, without rowid;
-- numbers, so that what is new can be told
alter table history rename to history_before;
create table history (
  seq integer primary key autoincrement, id text not null unique, contact text not null, at integer not null,
  channel text not null, category text not null check (category in ('promotional', 'service', 'transactional')),
  tags text not null, local_date integer not null
) strict;
insert into history (id, contact, at, channel, category, tags, local_date)
select id, contact, at, channel, category, tags, local_date from history_before order by id;
drop table history_before;
create index history_contact on history (contact, at);
alter table quiet_contact rename to quiet_before;
create table quiet_contact (seq integer primary key autoincrement, contact text not null unique) strict;
insert into quiet_contact (contact) select contact from quiet_before order by contact;
drop table quiet_before;
"""

_HISTORIES = """
-- the mark of the facts beside their last number: facts from a backup give numbers out again
alter table tick add column mark integer;
-- a value that changed since the backup which this ledger comes from: the next one that is seen is taken for it
alter table field_value add column unknown integer not null default 0;
-- a contact that was imported quietly has been in the store, and not only been announced
alter table quiet_contact add column arrived integer not null default 0;
"""

_UNKNOWN = """
-- there are hardly ever any, and each tick asks
create index field_value_unknown on field_value (name, contact) where unknown = 1;
"""

_RATES = """
-- when somebody let a trigger go on: its rates do not look further back
create table counted_anew (trigger_id text primary key, at integer not null) strict, without rowid;
-- a message that is sent does not change any more
create index outbox_sent on outbox (trigger_id, changed_at) where state = 'sent' and kind = 'message';
"""

_STANDING = """
-- how many contacts stand where at the last tick (`ledger_counts`)
create table standing (
  kind text not null check (kind in ('member', 'stage', 'contact')), name text not null, stage text not null,
  number integer not null, primary key (kind, name, stage)
) strict, without rowid;
insert into standing (kind, name, stage, number)
select 'member', segment, '', count(*) from member where to_at is null group by segment;
insert into standing (kind, name, stage, number)
select 'stage', score, stage, count(*) from stage where to_at is null group by score, stage;
insert into standing (kind, name, stage, number) select 'contact', '', '', count(*) from known_contact;
"""

_FORGOTTEN = """
-- who was forgotten, and came back (`adapters.rights.tombstones`): no name, no address; `bytes_left`: the rows are
-- gone, and what they were may still lie in free parts of the files
create table forgotten (
  seq integer primary key autoincrement, id text not null unique, line text not null,
  bytes_left integer not null check (bytes_left in (0, 1))
) strict;
"""

_AUDIT = """
-- who did what (`ledger_audit`): a chain of hashes; no key and no address of a contact stands here
create table audit (
  seq integer primary key autoincrement, at integer not null, who text not null, what text not null,
  body text not null, before text not null, hash text not null
) strict;
create index audit_what on audit (what, seq);
create trigger audit_no_update before update on audit
begin select raise(abort, 'the audit record is append-only'); end;
create trigger audit_no_delete before delete on audit
begin select raise(abort, 'the audit record is append-only'); end;
"""

_APPLIED = """
-- which playbooks are active: each `kadenz apply` is a row (`ledger_applied`)
create table applied (
  id integer primary key autoincrement, hash text not null, commit_id text not null, who text not null,
  at integer not null, review text not null
) strict;
"""

_UNCERTAIN_COPIED = """
-- what a rehearsal took over as uncertain: it counts as long as it counts there (`ledger_copying`)
create table copied_uncertain (key text primary key) strict, without rowid;
"""

MIGRATIONS: tuple[str, ...] = (
    _FIRST,
    _WATCHED_FIELDS,
    _GHOSTS,
    _UNITS,
    _QUALITY,
    _REACHINGS,
    _HELD_OFFERS,
    _LISTS,
    _QUIET,
    _JOURNAL,
    _DUE,
    _LATEST,
    _COPIED,
    _HISTORIES,
    _UNKNOWN,
    _RATES,
    _STANDING,
    _FORGOTTEN,
    _AUDIT,
    _APPLIED,
    _UNCERTAIN_COPIED,
)
"""Migration n (from 1) stands at place n - 1."""

SCHEMA = len(MIGRATIONS)
"""The schema version this program writes."""


def check_version(database: Database) -> None:
    """Refuse to write a ledger of another version; raises LedgerError. Called inside every write transaction."""
    # the table is there since the ledger was opened
    row = database.one("select schema from meta")
    found = row[0] if row else 0
    if found != SCHEMA:
        raise LedgerError(_other_version(found))


def migrate(database: Database, now: int) -> None:
    """Bring the ledger to `SCHEMA` in one transaction; raises LedgerError for a newer or a foreign one."""
    if _version(database) == SCHEMA:
        return
    with database.transaction():
        version = _version(database)  # again, behind the lock: another process may have been first
        if version > SCHEMA:
            raise LedgerError(_other_version(version))
        for text in MIGRATIONS[version:]:
            database.script(text)
        database.run("insert into meta (id, schema, created_at) values (1, 0, ?) on conflict do nothing", (now,))
        database.run("update meta set schema = ?", (SCHEMA,))


def _version(database: Database) -> int:
    tables = database.tables()
    if not tables:
        return 0
    if "meta" not in tables:
        raise LedgerError(f"{database.name} is a database, but no Kadenz ledger")
    row = database.one("select schema from meta")
    return row[0] if row else 0


def _other_version(found: int) -> str:
    if found > SCHEMA:
        return (
            f"the ledger was written by a newer Kadenz (its version is {found}, this program knows {SCHEMA}); "
            "update this program, nothing was written"
        )
    return f"the ledger has version {found} instead of {SCHEMA}; run the command again"

"""The stores: facts (SQLite through sqlite-utils) and ledger (SQLite through apsw)."""

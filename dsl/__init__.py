"""The playbook language: text -> tree -> bound model. No SQL, no clock, no I/O, and no import of ours."""

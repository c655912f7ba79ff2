"""The rights of the people we write to: to be forgotten, to be told, and that what was done can be proved."""

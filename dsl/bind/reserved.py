"""What the grammar knows and this version does not carry out, in the words of a message."""

WORDS = {
    "later_preferred": "the preferred channel (`send preferred ..`)",
}

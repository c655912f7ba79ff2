"""What the grammar knows and this version does not carry out, in the words of a message."""

WORDS = {
    "later_list": "a manual list (`include list`, `exclude list`)",
    "later_set": "setting a field (`set .. to ..`)",
    "later_call": "a web hook (`call ..`)",
    "later_preferred": "the preferred channel (`send preferred ..`)",
}

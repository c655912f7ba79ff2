"""What people get wrong, and what they are told: (text, code, the underlined text, a part of label or help).

Known bad messages are welcome here too: improving one is a small first task.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsl.check import check
from tests.dsl.shop import SCHEMA, TEMPLATES, findings

SEGMENT = "segment s where "

CONDITIONS: list[tuple[str, str, str, str]] = [
    # names and types
    ("contry = CH", "K0202", "contry", "did you mean `country`?"),
    ('first_nam = "Anna"', "K0202", "first_nam", "did you mean `first_name`?"),
    ("loginz >= 3", "K0202", "loginz", "did you mean `logins`?"),
    ("contact.emial is known", "K0202", "emial", "did you mean `email`?"),
    ("first_name = Anna", "K0202", "Anna", 'write `"Anna"`'),
    ("did purchase with (amuont > 3)", "K0202", "amuont", "did you mean `amount`?"),
    ("purchas", "K0202", "purchas", "did you mean `did purchase`?"),
    ("did pruchase", "K0204", "pruchase", "did you mean `purchase`?"),
    ("number of purchases >= 3", "K0204", "purchases", "did you mean `purchase`?"),
    ("in shopers", "K0205", "shopers", ""),
    ("sum of purchase.amuont > 3", "K0215", "amuont", "did you mean `amount`?"),
    ("consents to mail", "K0209", "mail", "did you mean `email`?"),
    ("consents to email for newsleter", "K0214", "newsleter", "did you mean `newsletter`?"),
    ("purchase", "K0218", "purchase", "`did purchase`"),
    ("purchase > 3", "K0218", "purchase", "`number of purchase in last 30 days >= 3`"),
    ("purchase.amount > 3", "K0218", "purchase.amount", "sum of purchase.amount"),
    ("in purchase", "K0218", "purchase", "`did purchase`"),
    ("s", "K0219", "s", "`in s`"),
    ("did s", "K0219", "s", "`in s`"),
    ("did country", "K0220", "country", "a field"),
    ("in country", "K0220", "country", "a field"),
    ("country", "K0224", "country", "`country = ..`"),
    ("logins", "K0224", "logins", "`logins >= ..`"),
    ('"yes"', "K0224", '"yes"', "a condition compares something"),
    ("country = 5", "K0203", "5", "the members are `CH`"),
    ('logins = "10"', "K0203", '"10"', "leave the quotes out: `10`"),
    ("first_name = 5", "K0203", "5", '`"5"`'),
    ("birth_date > 18", "K0203", "18", "`2026-11-22`"),
    ("vip = 1", "K0203", "1", "`yes` or `no`"),
    ("vip = true", "K0208", "true", "did you mean `yes`?"),
    ("credit = budget", "K0203", "budget", "one currency"),
    ("signed_up = name_day", "K0203", "name_day", "month day"),
    ("logins = first_name", "K0203", "first_name", "text, declared in schema.yaml:5"),
    ("email contains country", "K0203", "country", "in quotes"),
    ('country contains "C"', "K0203", "country", "`in (..)`"),
    ("logins in last 3 days", "K0203", "logins", "compare the number"),
    ("name_day in last 3 days", "K0203", "name_day", "anniversary in next 3 days"),
    ("name_day this month", "K0203", "name_day", "anniversary in next 30 days"),
    ("logins today", "K0203", "logins", "compare the number"),
    ("country this year", "K0203", "country", "one of [CH"),
    ("city within 5 of (47.3, 8.5)", "K0107", "5", "`5 km`"),
    ("city within 5km of (47.3, 8.5)", "K0107", "5km", "write `5 km`"),
    ("city within 3 miles of (47.3, 8.5)", "K0107", "miles", "1.609 km"),
    ("city within 3 kilometers of (47.3, 8.5)", "K0107", "kilometers", "`km` is expected here"),
    ("city within 5 km from (47.3, 8.5)", "K0101", "from", "did you mean `of`?"),
    ("city within 5 km of 47.3, 8.5", "K0100", ",", "of (47.3769, 8.5417)"),
    ("city not within 5 km of (47.3, 8.5)", "K0101", "not", "`not city within ..`"),
    ("city within -5 km of city", "K0232", "-5", "no sign"),
    ("city within 0.0 m of city", "K0232", "0.0", "more than 0"),
    ("city within 0.0001 m of city", "K0223", "0.0001", "millimetres"),
    ("city within 50_000 km of city", "K0232", "50_000 km", "`is known`"),
    ("city within 5 km of (147.3, 8.5)", "K0232", "147.3", "`(8.5, 147.3)`"),
    ("city within 5 km of (47.3, -208.5)", "K0232", "-208.5", "from -180 to 180"),
    ("city within 5 km of (47.3, 8.0123456789)", "K0223", "8.0123456789", "9 digits"),
    ("city within 5 km of Zurich", "K0202", "Zurich", "no field"),
    ("country within 5 km of city", "K0203", "country", "`(47.3769, 8.5417)`"),
    ("city within 5 km of logins", "K0203", "logins", "of two columns"),
    ("city < 5", "K0203", "city", "`city within 5 km of ..`"),
    ("city in (47.3, 8.5)", "K0203", "city", "`city within 5 km of ..`"),
    ("city", "K0224", "city", "`city within 5 km of ..`"),
    ("logins anniversary today", "K0203", "logins", "dates and month days"),
    ("age of country > 3", "K0203", "country", "an age is reckoned from a date"),
    ("country plus 1 > 3", "K0203", "country", "one of [CH"),
    ("credit plus budget > 3", "K0203", "plus", ""),
    ("credit times credit > 3", "K0203", "times", ""),
    ("country = FR", "K0208", "FR", "the members are `CH`, `LI`, `DE` and `AT`"),
    ("country = ch", "K0208", "ch", "did you mean `CH`?"),
    ('country in (CH, "FR")', "K0208", '"FR"', "the members are"),
    ("plan >= golden", "K0208", "golden", "the members are"),
    ('email > "m"', "K0222", ">", "only numbers, dates and ordered members"),
    ("country >= CH", "K0222", ">=", "declare the type `ordered`"),
    ("country between CH and LI", "K0222", "CH", "`between` needs an order"),
    ("email is null", "K0101", "null", "did you mean `missing`?"),
    ("interests = ski", "K0203", "interests", "`is known`"),
    ("interests = ski", "K0203", "interests", "`has any (ski)`"),
    ("interests has any (ski, sky)", "K0208", "sky", "did you mean `ski`?"),
    ("interests has any (ski, 3)", "K0203", "3", "bare words"),
    ("interests has all ()", "K0302", "()", "`is missing`"),
    ("country has any (CH)", "K0203", "country", "`country in (CH)`"),
    ("last purchase.produkt is known", "K0215", "produkt", "did you mean `product`?"),
    ("last purchase.items > 2.5", "K0223", "2.5", "whole numbers only"),
    ("last purchase.country = FR", "K0208", "FR", "the members are"),
    ("first purchase.items = last purchase.product", "K0203", "last purchase.product", "text, declared in"),
    ("last purchase.amount in last 3 days", "K0203", "last purchase.amount", "compare the number"),
    ("did cart_added then purchase", "K0108", "", "`within` is expected"),
    ("did cart_added then purchas within 2 days", "K0204", "purchas", "did you mean `purchase`?"),
    ("did cart_added without purchase within 1 month", "K0227", "1 month", "`30 days`"),
    ("did cart_added without purchase of the same cart within 2 days", "K0215", "cart", "did you mean `cart_id`?"),
    ("did cart_added without purchase of the same cart_id within 2 days", "K0215", "cart_id", "`purchase` has"),
    ("did visit then purchase of the same page within 2 days", "K0215", "page", "no such property"),
    ("did sum then cart_added of the same amount within 2 days", "K0203", "amount", "one type in both"),
    ("did visit within 3 days of birth_date", "K0203", "birth_date", "declare the field as `datetime`"),
    ("did visit within 3 days of logins", "K0203", "logins", "of first EVENT"),
    ("did visit within 1 year of signed_up", "K0227", "1 year", "`365 days`"),
    ("did visit within 3 days of first purchas", "K0204", "purchas", "did you mean `purchase`?"),
    ("did visit on at least 3 different local weeks", "K0227", "weeks", "`days` is expected"),
    ("did visit on at least 0 different local days", "K0231", "0", ""),
    ("greatest of (logins) > 3", "K0302", "(logins)", "the greatest of what?"),
    ("greatest of (logins, country) > 3", "K0203", "country", "one of [CH"),
    ("greatest of (logins, birth_date) > 3", "K0203", "birth_date", "date, declared in"),
    ("least of (credit, budget) > 3", "K0203", "budget", "money in EUR"),
    ("in swiss for 7 days", "K0205", "swiss", "no segment has this name"),
    ("weather.rain > 5", "K0202", "rain", "did you mean `rain_mm`?"),
    ("weather.sun > 5", "K0202", "sun", "no such column"),
    ("sample 0 % as spring", "K0305", "0", "at most 100"),
    ("sample 101 % as spring", "K0305", "101", "at most 100"),
    ("sample 0.00001 % as spring", "K0305", "0.00001", "too fine"),
    ("vip has none (ski)", "K0203", "vip", "`set of`"),
    ("interests has some (ski)", "K0101", "some", "did you mean `any`?"),
    # values
    ("logins > 2.5", "K0223", "2.5", "whole numbers only"),
    ("credit > 12.345", "K0223", "12.345", "`12_345`"),
    ("ratio > 0.1234", "K0223", "0.1234", "round it to 3 digits"),
    ("logins > 99999999999999999999", "K0223", "99999999999999999999", "64 bits"),
    ("credit > 10 %", "K0223", "10 %", "write the number"),
    ('email = ""', "K0223", '""', "`is missing`"),
    ("logins > 09:00", "K0223", "09:00", ""),
    ("signed_up >= 2026-02-30", "K0106", "2026-02-30", "2026-02 has 28 days"),
    ("signed_up >= 31.12.2026", "K0106", "31.12.2026", "write `2026-12-31`"),
    ("signed_up >= 2026-1-5", "K0106", "2026-1-5", "write `2026-01-05`"),
    ("credit > 1.234,50", "K0105", "1.234,50", "write `1_234.50`"),
    ("credit > 12,50", "K0105", "12,50", "write `12.50`"),
    ("credit > 1'234.50", "K0105", "1'234.50", "write `1_234.50`"),
    ("credit > 500 CHF", "K0105", "CHF", "schema.yaml"),
    ("logins between 5 and 3", "K0230", "5 and 3", "write `between 3 and 5`"),
    ("country in ()", "K0302", "()", "`is missing`"),
    ("country not in ()", "K0302", "()", "nobody is in an empty list"),
    # time
    ("did purchase in last 30", "K0107", "30", "say for example `30 days`"),
    ("did purchase in last 30d", "K0107", "30d", "write `30 days`"),
    ("did purchase in last 30 huors", "K0101", "huors", "did you mean `hours`?"),
    ("did purchase in last 30 Tage", "K0101", "Tage", "did you mean `days`?"),
    ("did purchase in the last 30 days", "K0101", "the", "leave it out"),
    ("did purchase last 30 days", "K0122", "last", "write `in last ..`"),
    ("did purchase in last month", "K0123", "month", "`this month`"),
    ("did purchase since 30 days", "K0123", "30", "`in last 30 days`"),
    ("did purchase since then", "K0226", "since then", "in `where` and `unless` of a trigger"),
    ("did purchase 30 to 90 days ago", "K0227", "30 to 90 days ago", "write `90 to 30 days ago`"),
    ("did purchase in last 0 days", "K0227", "0", "from 1 to"),
    ("did purchase in last 3 local hours", "K0227", "local", "only days can be local"),
    ("birth_date in last 3 hours", "K0227", "3 hours", "days, weeks, months or years"),
    ("did purchase from 2026-02-01 to 2026-01-01", "K0227", "from 2026-02-01 to 2026-01-01", "nothing lies in it"),
    ("last purchase > 60 days", "K0123", "60 days", "`older than 60 days`"),
    ("did visit 3 times", "K0122", "3 times", "`at least 3 times`"),
    ("did visit more than 3 times", "K0122", "more than 3 times", "`at least 4 times`"),
    ("did visit exactly 1.5 times", "K0231", "1.5", "not a whole number"),
    ("did visit at least 0 times", "K0231", "0", ""),
    # spelling and grammar
    ("country == CH", "K0104", "==", "did you mean `=`?"),
    ("vip && vip", "K0104", "&&", "did you mean `and`?"),
    ("vip || vip", "K0104", "||", "did you mean `or`?"),
    ("country <> CH", "K0104", "<>", "did you mean `!=`?"),
    ("logins => 3", "K0104", "=>", "did you mean `>=`?"),
    ("!vip", "K0104", "!", "did you mean `not`?"),
    ("logins + 3 > 5", "K0104", "+", "did you mean `plus`?"),
    ("logins * 3 > 5", "K0104", "*", "did you mean `times`?"),
    ("email = 'a'", "K0103", "'a'", 'write `"a"`'),
    ("email = „a“", "K0103", "„a“", 'write `"a"`'),
    ('email = "a', "K0102", '"a', "end it with"),
    ("country is CH", "K0117", "is CH", "write `= CH`"),
    ("country in CH, LI", "K0117", "CH", "write `in (CH, ..)`"),
    ("(vip and vip", "K0118", "", "each `(` needs its `)`"),
    ("vip)", "K0118", ")", "no `(` is open here"),
    ("18 <= age <= 30", "K0114", "<=", "between 18 and 30"),
    ("age between 18 to 30", "K0101", "to", "did you mean `and`?"),
    ('did purchase (product = "X")', "K0115", "(", "`purchase with (..)`"),
    ("occupation = self-employed", "K0116", "self-employed", '`"self-employed"`'),
    ("sum purchase.amount > 3", "K0122", "purchase", "write `sum of ..`"),
    ("sum of amount > 3", "K0122", ">", "`EVENT.amount`"),
    ("consents email", "K0122", "email", "write `consents to email`"),
    ("has purchase", "K0101", "has", "did you mean `did`?"),
    ("vip and", "K0108", "", "a condition is expected here"),
    ("vip AND vip", "K0101", "AND", "did you mean `and`?"),
    ("vip vip", "K0100", "vip", "`and`, `or` or a clause"),
    ("vip where vip", "K0303", "where vip", "join the two conditions with `and`"),
    ("event.amount > 3", "K0225", "event.amount", "`on EVENT`"),
    ("everyone ?", "K0113", "?", "in double quotes"),
    # a newcomer's
    ("birth_date between 30 and 50", "K0203", "30", "`age of birth_date between ..`"),
    ("birth_date >= 18", "K0203", "18", "`age of birth_date >= 18`"),
    ("signed_up > 30", "K0203", "30", "`signed_up older than 30 days`"),
    ('purchase.product = "X"', "K0218", "purchase.product", "`did purchase with (product = ..)`"),
    ("purchase.country = CH", "K0218", "purchase.country", "`did purchase with (country = ..)`"),
    ("purchase.amount > 3", "K0218", "purchase.amount", "`did purchase with (amount >= ..)`"),
    (
        "not purchased Champagner in last 1 year",
        "K0122",
        "not purchased Champagner",
        '`did not purchase with (PROPERTY = "Champagner")`',
    ),
    ('visited "home"', "K0122", 'visited "home"', '`did visit with (PROPERTY = "home")`'),
    ('vip and bought "X"', "K0122", 'bought "X"', "`did purchase with (..)`"),
    # what is something else, or said in another way
    ("sum of purchase > 3", "K0122", ">", "`purchase.PROPERTY`"),
    ("birth_date = 12-24", "K0106", "12-24", '`"12-24"`'),
    ("logins > 13-24", "K0104", "-", "did you mean `minus`?"),
    ("city within 5 km of Zurich", "K0202", "Zurich", "`(47.3769, 8.5417)`"),
    ("distance of city < 20", "K0101", "distance of city", "`city within 20 km of"),
    ("interests contains ski", "K0203", "interests", "`interests has any (..)`"),
    ("ski in interests", "K0117", "interests", "`interests has any (ski)`"),
    ("in staff", "K0205", "staff", "`include list staff`"),
    ("staff", "K0202", "staff", "`exclude list staff`"),
    ("age of birth_date > 18 years", "K0101", "years", "whole years"),
    (
        "did buy",
        "K0204",
        "buy",
        "there are `cart_added`, `newsletter_subscribed`, `purchase`, `sum`, `visit`, `message",
    ),
    ("consents to newsletter", "K0209", "newsletter", "`email for newsletter`"),
    ("max(logins, age) > 3", "K0101", "max(", "`greatest of (A, B)`"),
    ("min of (logins, age) > 3", "K0101", "min of (", "`least of (A, B)`"),
]

TRIGGER = "trigger t on purchase send email welcome "
TEST = 'test "t" at 2026-11-20 12:00\n  contact a\n  '
CLASS = "class worth by logins "
TIERS = CLASS + "tier A top 5 tier B rest\nsegment t where "
STAGES = "score interest +1 on visit stage warm from 0\nsegment s where "

BLOCKS: list[tuple[str, str, str, str]] = [
    ("segment", "K0111", "", "segment NAME"),
    ('segment "Title" where vip', "K0111", '"Title"', "a name is expected here"),
    ("segment where vip", "K0111", "where", "a name is expected before this"),
    ("segment s", "K0301", "s", "say `where everyone`"),
    ("segment s wher vip", "K0101", "wher", "did you mean `where`?"),
    ("segment 2nd where vip", "K0113", "2nd", "begins with a letter"),
    ("segmnet s where vip", "K0110", "segmnet", "did you mean `segment`?"),
    ("  segment s where vip", "K0110", "segment", "start of the line"),
    ("segment s where vip\n  segment u where vip", "K0110", "segment", "start of the line"),
    ("import everything", "K0110", "import", "`segment`, `define`"),
    ("segment s { where vip", "K0109", "{", "ends where the next one begins"),
    ("define d logins", "K0112", "logins", "write `define d = ...`"),
    ("define d := logins", "K0104", ":=", "did you mean `=`?"),
    ("define d =", "K0108", "", "a condition is expected here"),
    ("segment s where in u\nsegment u where in s", "K0221", "u", "`s` → `u` → `s`"),
    ("define d = d", "K0221", "d", "`d` → `d`"),
    ("segment email where vip", "K0201", "email", "all names of a project differ"),
    ("segment purchase where vip", "K0201", "purchase", "all names of a project differ"),
    ("segment s where vip\nscore s +1 on visit", "K0201", "s", "all names of a project differ"),
    ("segment s was u where vip\nsegment u where vip", "K0201", "u", "it still exists"),
    # score
    ("score s", "K0304", "s", "add a rule"),
    ("score s 5 on visit", "K0121", "5", "`+5` or `-5`"),
    ("score s +0 on visit", "K0305", "0", "from 1 to 10000"),
    ("score s +10001 on visit", "K0305", "10001", "from 1 to 10000"),
    ("segment s include list pres", "K0233", "pres", "did you mean `press`?"),
    ("segment s include list nobody", "K0233", "nobody", "below `lists:`"),
    ("segment s exclude list staff", "K0301", "s", "`where everyone`"),
    ("segment s include list press include list press", "K0303", "include list press", "said again here"),
    ("segment s include press", "K0122", "press", "write `include list"),
    ('test "x" at 2026-01-01 09:00 on list press expect a gets nothing', "K0350", "on list press", "begin with"),
    ("score s +1.5 on visit", "K0305", "1.5", "not a whole number"),
    ("score s +1 on vist", "K0204", "vist", "did you mean `visit`?"),
    ("score s +1 for visit", "K0101", "for", "did you mean `on`?"),
    ("score s +1 on visit once per pag", "K0215", "pag", "did you mean `page`?"),
    ("score s +1 on visit once per day", "K0320", "day", "`per local day`"),
    ("score s +1 on visit at most 3 times per local years", "K0320", "years", "`per local month`"),
    ("score s +1 per 10 of logins once per local day", "K0215", "per local day", "counts no events"),
    ("score s +1 per 10 of country", "K0203", "country", "one of [CH"),
    ("score s +1 on visit halve every 1 month", "K0307", "1 month", "`30 days`"),
    ("score s +1 on visit halve every 80 hours", "K0307", "80 hours", "`3 days` or `4 days`"),
    ("score s +1 on visit lose 0 % of the original every 1 day", "K0307", "0", "from 1 to 100"),
    ("score s +1 on visit keep between 10 and 0", "K0308", "keep between 10 and 0", "`keep between 0 and 10`"),
    ("score s +1 on visit stage a from 5", "K0306", "5", "`from 0` is expected here"),
    ("score s +1 on visit stage a from 0 stage b from 5 rest 3 local days", "K0227", "local", "leave `local` out"),
    ("score s +1 on visit stage a from 0 stage b from 5 rest", "K0108", "", "a number"),
    ("score s +1 on visit stage a from 0 stage b from 0", "K0306", "0", "must be more than 0"),
    ("score s +1 on visit stage a from 0 stage a from 5", "K0306", "a", "named again here"),
    ("score s +1 on visit keep between 0 and 9 stage a from 0 stage b from 10", "K0306", "10", "the score ends at 9"),
    ("score s +1 on visit stage a from 0 stage b from 10 leave below 11", "K0306", "11", "at most 10"),
    (
        "score s +1 on visit stage a from 0 stage b from 10 leave below 5 stage c from 20 leave below 5",
        "K0306",
        "5",
        "leaving thresholds rise",
    ),
    ("score s +1 on visit when age + 3 > 5", "K0100", "when", "a clause"),
    ("score s +1 when age + 3 > 5", "K0104", "+", "did you mean `plus`?"),
    ("score s +1 on visit\nsegment u where stage of s = a", "K0207", "s", "`stage aware from 0`"),
    ("score s +1 on visit stage a from 0\nsegment u where stage of s = b", "K0207", "b", "the stages are `a`"),
    ("score s +1 on visit\nsegment u where in s", "K0220", "s", "a score"),
    # class
    (CLASS + "tier A first 80 % of total", "K0373", "tier A first 80 % of total", "no `rest` follows"),
    (CLASS + "tier A rest", "K0373", "tier A rest", "everybody would be in it"),
    (CLASS, "K0373", "worth", "no `tier` follows"),
    (CLASS + "tier A first 5 % tier B rest tier C next 5 %", "K0373", "tier B rest", "put `tier .. rest` at the end"),
    (CLASS + "tier A first 5 % tier B rest tier C rest", "K0373", "tier B rest", "once"),
    (CLASS + "tier A next 5 % tier B rest", "K0371", "next", "write `first` here"),
    (CLASS + "tier A first 5 % tier B first 9 % tier C rest", "K0371", "first", "write `next` here"),
    (CLASS + "tier A first 80 % tier B first 95 % tier C first 99.5 % tier D rest", "K0371", "first", "`next 15 %`"),
    (CLASS + "tier A top 5 tier B top 20 tier C rest", "K0371", "top", "to end at 20 from the top, write `next 15`"),
    (CLASS + "tier A first 50 % tier B first 30 % tier C rest", "K0371", "first", "edges add up from the top"),
    (CLASS + "tier A top 5 % tier B rest", "K0371", "top", "`first` goes with a share"),
    (CLASS + "tier A first 5 tier B rest", "K0371", "first", "`top` with a number"),
    (CLASS + "tier A first 80 % tier B next 20.5 % tier C rest", "K0372", "20.5", "100.5 % in all"),
    (CLASS + "tier A first 0 % tier B rest", "K0305", "0", "more than 0 and at most 100"),
    (CLASS + "tier A first 1.23456 % tier B rest", "K0305", "1.23456", "too fine"),
    (CLASS + "tier A top 0 tier B rest", "K0305", "0", "from 1 to"),
    (CLASS + "tier A top 1.5 tier B rest", "K0305", "1.5", "not a whole number"),
    (
        CLASS + "tier A first 5 % tier B next 5 % of total tier C rest",
        "K0374",
        "tier B next 5 % of total",
        "two classes",
    ),
    (CLASS + "tier A top 5 tier B next 5 % tier C rest", "K0374", "tier B next 5 %", "the first tier"),
    (CLASS + "tier A top 5 tier A rest", "K0375", "A", "named again here"),
    (CLASS + "tier A top 5 tier B rest by logins", "K0303", "by logins", "said again here"),
    (CLASS + "tier A top 5 tier B", "K0108", "", "`first`, `next`, `rest` or `top` is expected here"),
    ("class worth tier A top 5 tier B rest", "K0370", "worth", "no `by` follows"),
    ("class worth by country tier A top 5 tier B rest", "K0203", "country", "the greatest comes first"),
    ("class worth by birth_date tier A top 5 tier B rest", "K0203", "birth_date", "`number of EVENT in last 90 days`"),
    ("class worth by logins where class of worth = A tier A top 5 tier B rest", "K0221", "worth", "ring"),
    (TIERS + "class of wort = A", "K0240", "wort", "did you mean `worth`?"),
    (TIERS + "class of t = A", "K0220", "t", "a segment"),
    (TIERS + "class of worth = C", "K0241", "C", "the tiers are `A` and `B`"),
    (TIERS + "class of worth in (A, BB)", "K0241", "BB", "did you mean `B`?"),
    (TIERS + "class of worth", "K0224", "class of worth", "`class of worth is known`"),
    (TIERS + "class of worth > 5", "K0203", "5", "the tiers are `A` and `B`"),
    (TIERS + "worth = A", "K0220", "worth", "`class of worth = ..`"),
    (TIERS + "did visit with (class of worth = A)", "K0242", "class of worth", "the same for every `visit`"),
    # trigger
    ("trigger t send email welcome", "K0311", "t", "say first what sets it off"),
    ("trigger t send email welcome on visit", "K0311", "on", "directly after the name"),
    ("trigger t on visit", "K0310", "t", "`send CHANNEL TEMPLATE`"),
    ("trigger t on visit send emial welcome", "K0209", "emial", "did you mean `email`?"),
    ("trigger t on visit send email welcom", "K0210", "welcom", "did you mean `welcome`?"),
    ("trigger t on visit send email cart_short", "K0211", "cart_short", "it serves `sms`"),
    ("trigger t on visit send email", "K0108", "", "a template is expected here"),
    ("trigger t on visit email welcome", "K0122", "email", "`send email TEMPLATE`"),
    ('trigger t on visit notify slaes "x"', "K0212", "slaes", "did you mean `sales`?"),
    ("trigger t on entering visit send email welcome", "K0218", "visit", "`on visit`"),
    ("trigger t every year on signed_up send email welcome", "K0203", "signed_up", "a date field"),
    ("trigger t every year birth_date send email welcome", "K0122", "birth_date", "`on`"),
    (TRIGGER + "send sms cart_short", "K0314", "send sms cart_short", "`else`"),
    (TRIGGER + "with offer ten", "K0213", "ten", ""),
    (TRIGGER + "category transactional", "K0315", "category transactional", "because"),
    (TRIGGER + "category promo", "K0316", "promo", "`promotional`"),
    (TRIGGER + "purpose news", "K0214", "news", ""),
    (TRIGGER + "priority 101", "K0312", "101", "from 0 to 100"),
    (TRIGGER + "wait 4", "K0107", "4", "`4 days`"),
    (TRIGGER + "wait 4h", "K0107", "4h", "write `4 hours`"),
    (TRIGGER + "again once per month", "K0320", "month", "`again once per local month`"),
    (TRIGGER + "again never per cart", "K0215", "cart", "`purchase` has"),
    (TRIGGER + "where event.amuont > 3", "K0215", "amuont", "did you mean `amount`?"),
    (TRIGGER + "if capped wait 1 day", "K0122", "1 day", "`up to 1 day`"),
    (
        'trigger t 7 days before name_day at 09:00 notify sales "x"',
        "K0313",
        "name_day",
        "write `every year 7 days before",
    ),
    ('trigger t 7 days before signed_up at 09:00 notify sales "x"', "K0203", "signed_up", "a date field"),
    (
        'trigger t 7 hours after birth_date at 09:00 notify sales "x"',
        "K0227",
        "7 hours",
        "days, weeks, months or years",
    ),
    ('trigger t every month on 32 at 09:00 notify sales "x"', "K0313", "32", "from 1 to 31"),
    ('trigger t on contry changing notify sales "x"', "K0202", "contry", "did you mean `country`?"),
    ('trigger t on weather changing notify sales "x"', "K0220", "weather", "`on weather.rain_mm changing`"),
    ('trigger t on weather.rain changing notify sales "x"', "K0202", "rain", "did you mean `rain_mm`?"),
    ('trigger t on weather.rain_mm changing to "wet" notify sales "x"', "K0203", '"wet"', ""),
    ('trigger t on customer_id changing notify sales "x"', "K0313", "customer_id", "the key"),
    ('trigger t on plan changing to golden notify sales "x"', "K0208", "golden", "did you mean `gold`?"),
    ('trigger t on country changing to occupation notify sales "x"', "K0203", "occupation", ""),
    ('trigger t on logins changing to age notify sales "x"', "K0203", "age", "for anything else say `when ..`"),
    ('trigger t on signed_up changing to 2026-01-01 notify sales "x"', "K0203", "2026-01-01", "say `when ..`"),
    ('trigger t when logins notify sales "x"', "K0224", "logins", ""),
    ("quality q", "K0360", "q", "add for example"),
    ("quality q expect 0 % where vip", "K0361", "0", "more than 0"),
    ("quality q expect 50.12345 % where vip", "K0361", "50.12345", "four digits"),
    ("quality q expect 100.1 % where vip", "K0361", "100.1", "at most 100"),
    ("quality q expect uniqueness 9 % where vip", "K0361", "uniqueness", "write `expect email unique`"),
    ("quality q expect freshnes 9 % where vip", "K0361", "freshnes", "did you mean `freshness`?"),
    ("quality q expect emial unique", "K0202", "emial", "did you mean `email`?"),
    ("quality q expect email, email unique", "K0361", "email", "leave it out"),
    ("quality q expect 9 % where credit", "K0224", "credit", "credit"),
    ("quality q expect email unique stop sending for trigger nope when it fails", "K0216", "nope", "no trigger"),
    (
        'trigger note on visit notify sales "x"\n'
        "quality q expect email unique stop sending for trigger note when it fails",
        "K0361",
        "note",
        "leave it out here",
    ),
    (
        "quality q expect email unique expect email unique\n  stop sending when it fails stop sending when it fails",
        "K0303",
        "stop sending when it fails",
        "keep one",
    ),
    ("suppress s", "K0301", "s", "add `where ..`"),
    ("suppress s from promotinal where vip", "K0316", "promotinal", "did you mean `promotional`?"),
    ("cap c at most 3 messages per 7 days keeping 3 for priority >= 80", "K0321", "3", "from 1 to 2"),
    ("cap c at most 1 message per 7 days keeping 1 for priority >= 80", "K0321", "1", "leaves nothing"),
    ("cap c at most 3 messages per 7 days keeping 1 for priority < 80", "K0321", "<", "`>=` is expected"),
    ("cap c at least 3 hours between messages keeping 1 for priority > 80", "K0313", "keeping 1 for priority > 80", ""),
    ("cap c at most 1 letter per 30 days per contry", "K0202", "contry", "did you mean `country`?"),
    ("cap c at most 1 letter per local month in total", "K0320", "per local month", "whose calendar?"),
    ("cap c at most 1 letter per 30 days in total by engagemnt", "K0206", "engagemnt", ""),
    (TRIGGER + "holdout 100 %", "K0313", "100", "less than 100"),
    (TRIGGER + "holdout 0 %", "K0313", "0", "more than 0"),
    (TRIGGER + 'category transactional because "x" holdout 5 %', "K0313", "holdout 5 %", "everybody gets it"),
    (TRIGGER + "deliver between 09:00 and 09:00", "K0330", "deliver between 09:00 and 09:00", "which of the two?"),
    (TRIGGER + "spread over 2 months", "K0227", "2 months", "minutes, hours, days or weeks"),
    (TRIGGER + "goal pruchase within 7 days", "K0204", "pruchase", "did you mean `purchase`?"),
    (TRIGGER + "spread over 2 hours spread over 3 hours", "K0303", "spread over 3 hours", "said again here"),
    (TRIGGER + "leap day feb 28", "K0313", "leap day feb 28", "29 February"),
    (TRIGGER + "because reasons", "K0103", "reasons", "in quotes"),
    (TRIGGER + "active from 2026-02-01 to 2026-01-01", "K0230", "active from 2026-02-01 to 2026-01-01", "earlier"),
    (TRIGGER + "priority 10 priority 20", "K0303", "priority 20", "keep one of them"),
    ("trigger t on entering s send email welcome again never per x\nsegment s where vip", "K0225", "per x", "on EVENT"),
    (TRIGGER + "where amount > 3", "K0202", "amount", "`event.amount`"),
    (TRIGGER + 'from "me@x.ch"', "K0101", '"me@x.ch"', "kadenz.yaml"),
    ("trigger t on visit send welcome purpose newsletter", "K0122", "welcome", "`send email welcome`"),
    ("trigger t on visit send email purpose newsletter", "K0122", "email", "`send email TEMPLATE`"),
    ("trigger t on visit if country = CH send email welcome", "K0101", "if", "did you mean `where`?"),
    ("trigger t on visit unless did visit since then", "K0101", "unless", "`wait 4 hours unless did ..`"),
    ('trigger t on birth_date notify sales "x"', "K0220", "birth_date", "`every year on birth_date at 09:00`"),
    ('trigger t on plan notify sales "x"', "K0220", "plan", "`on plan changing`"),
    (
        "quality q expect completeness of email 95 %",
        "K0101",
        "completeness of email 95 %",
        "95 % where email is known`",
    ),
    ("quality q expect email is known 95 %", "K0101", "email is known 95 %", "`expect 95 % where email is known`"),
    (
        "score s +1 on visit decay 9 % per week",
        "K0101",
        "decay 9 % per week",
        "`lose 9 % of the original every 1 week`",
    ),
    ("score s = logins plus age", "K0101", "=", "`define s = ..`"),
    ("segment u where vip\nsegment s where in u since 7 days", "K0101", "since 7 days", "`in u for 7 days`"),
    (
        "score interest +1 on visit stage warm from 0\nsegment u where interest = warm",
        "K0202",
        "warm",
        "`stage of interest >= warm`",
    ),
    (TIERS + "logins = A", "K0202", "A", "`class of worth = A`"),
    (
        CLASS + "tier A first 80 % tier B next 15 % of total tier C rest",
        "K0374",
        "tier B next 15 % of total",
        "`top 500`",
    ),
    # cap, quiet, offer, test
    ("cap c at most 1 letter per country", "K0122", "per country", "`per 30 days per country`"),
    ("offer o discount 10 group deals keep best", "K0122", "10", "`discount 10 CHF`"),
    (TEST + "expect a is in s", "K0101", "is", "leave it out"),
    (TEST + "expect engagement = 8", "K0122", "engagement", "`expect engagement of CONTACT = 8`"),
    (TEST + "expect stage of a = warm", "K0122", "stage of a", "`expect stage of SCORE of a"),
    (TEST + "expect class of a = A", "K0122", "class of a", "`expect class of CLASS of a"),
    (TEST + "consents to newsletter expect a gets nothing", "K0209", "newsletter", "`email for newsletter`"),
    (TEST + "contact 17 expect a gets nothing", "K0101", "17", "did you mean `c17`?"),
    (CLASS + "tier A top 5 tier B rest\n" + TEST + "expect worth of a = A", "K0220", "worth", "`class of worth`"),
    ("define d = logins\n" + TEST + "expect d of a = 3", "K0220", "d", "`segment .. where d ..`"),
    ("cap c at most 2 messages per day", "K0320", "per day", "`per 24 hours` (rolling) or `per local day`"),
    ("cap c at most 2 messages per week", "K0320", "per week", "`per 7 days`"),
    ("cap c at most 2 messages per local year", "K0320", "year", "`per local month`"),
    ("cap c at most 2 mails per 7 days", "K0209", "mails", "did you mean `email`?"),
    ("cap c at most 0 messages per 7 days", "K0321", "0", "from 1 to"),
    ("cap c 2 messages per 7 days", "K0122", "2", "`at most 2 ..`"),
    ("cap c at most 2 per 7 days", "K0122", "per", "`at most 2 messages per ..`"),
    ("cap c at most 2 messages per 7", "K0107", "7", "`per 7 days`"),
    ("quiet q", "K0330", "q", "`on sunday`"),
    ("quiet q from 20 to 08:00", "K0106", "20", "write `20:00`"),
    ("quiet q from 20:00 to 24:00", "K0106", "24:00", "the end of a day is `00:00`"),
    ("quiet q from 9:00 to 10:00", "K0106", "9:00", "write `09:00`"),
    ("quiet q from 20:00 to 20:00", "K0330", "from 20:00 to 20:00", "which of the two?"),
    ("quiet q on sundays", "K0101", "sundays", "did you mean `sunday`?"),
    ("quiet q on sunday for emails", "K0209", "emails", "did you mean `email`?"),
    ("offer o discount 110 %", "K0340", "110", "at most 100"),
    ("offer o discount 5 francs", "K0340", "francs", "three capital letters"),
    ("trigger t on visit set plna to gold", "K0202", "plna", "did you mean `plan`?"),
    ("trigger t on visit set plan to golden", "K0208", "golden", "did you mean `gold`?"),
    ("trigger t on visit set customer_id to first_name", "K0380", "customer_id", "the key"),
    ("trigger t on visit set email to owner_email", "K0380", "email", "the address for email"),
    ('trigger t on visit set owner_email to "a@x.ch"', "K0203", '"a@x.ch"', "normalised in the same way"),
    ("trigger t on visit set logins to credit", "K0203", "credit", "money in CHF"),
    ("trigger t on visit set budget to credit", "K0203", "credit", "money"),
    ("trigger t on visit set logins to number of visit", "K0203", "number of visit", "a fixed value"),
    ("trigger t on visit set first_name to event.pgae", "K0215", "pgae", "did you mean `page`?"),
    ("trigger t on visit set visit to 3", "K0218", "visit", ""),
    ("trigger t on visit set plan to gold set plan to silver", "K0303", "set plan to silver", "set again here"),
    ("trigger t on visit send email welcome else set plan to gold", "K0318", "set plan to gold", "not in a chain"),
    ("trigger t on visit call crn", "K0250", "crn", "did you mean `crm`?"),
    ("trigger t on plan changing set plan to gold", "K0381", "set plan to gold", "without end"),
    ("trigger t when vip and plan = gold set plan to silver", "K0381", "set plan to silver", "without end"),
    (
        "segment s where warm\ndefine warm = logins > 3\ntrigger t on leaving s set logins to 0",
        "K0381",
        "set logins to 0",
        "",
    ),
    (
        "score s -15 when plan = free stage a from 0 stage b from 5\ntrigger t on s reaching b set plan to gold",
        "K0381",
        "set plan to gold",
        "",
    ),
    ("trigger t on visit with (contact.plan = free) set plan to gold", "K0381", "set plan to gold", "`again never`"),
    ("trigger t every year on birth_date set birth_date to 1990-01-01", "K0381", "set birth_date to 1990-01-01", ""),
    ("trigger t on visit send preferred anywhere", "K0319", "send preferred anywhere", "`else send CHANNEL TEMPLATE`"),
    ("trigger t on visit send email welcome else send preferred anywhere", "K0319", "send preferred anywhere", ""),
    ("trigger t on visit send preferred welcome else send email welcome", "K0211", "welcome", "must serve them all"),
    ("trigger t on visit send preferred welcme else send email welcome", "K0210", "welcme", "did you mean `welcome`?"),
    ("trigger t on visit send preferred else send email welcome", "K0122", "preferred", "which template?"),
    (TRIGGER + "from first_name", "K0317", "first_name", "text, declared in"),
    (TRIGGER + "from owner_emial", "K0202", "owner_emial", "did you mean `owner_email`?"),
    (TRIGGER + "from owner_email reply to vip", "K0317", "vip", "yes or no"),
    ("trigger t on visit send letter welcome from owner_email", "K0317", "owner_email", "mails only"),
    (TRIGGER + 'else notify sales "a" else notify support "b"', "K0318", 'notify support "b"', "after `notify`"),
    ('trigger t on visit notify sales "a" else send email welcome', "K0318", "send email welcome", "after `notify`"),
    (
        "trigger t when did purchase since then send email welcome",
        "K0226",
        "since then",
        "for example `in last 30 days`",
    ),
    ("trigger t on visit with (did purchase since then) send email welcome", "K0226", "since then", "no `then` yet"),
    ("offer o discount 0.0000001 %", "K0340", "0.0000001", "digits after the point"),
    ("offer o discount 5 % at most 0 in total", "K0340", "0", "from 1 to"),
    ("offer o group g keep best", "K0341", "group g keep best", "nothing to compare"),
    (
        "offer o discount 5 % group g keep best\noffer p discount 6 % group g keep first",
        "K0341",
        "group g keep first",
        "`keep best` in `o`",
    ),
    (
        "offer o discount 5 % group g keep best\noffer p discount 6 CHF group g keep best",
        "K0341",
        "group g keep best",
        "in CHF",
    ),
    (
        "offer o discount 5 EUR group g keep best\noffer p discount 6 CHF group g keep best",
        "K0341",
        "group g keep best",
        "in CHF",
    ),
    ("offer o valid from 2026-02-01 to 2026-01-01", "K0230", "valid from 2026-02-01 to 2026-01-01", "earlier"),
    ('test "t"', "K0108", "", "`at`"),
    ('test "t" at 2026-01-01 09:00', "K0350", '"t"', "`expect ..`"),
    (
        'test "t" at 2026-01-01 09:00 did visit 1 day ago expect a gets nothing',
        "K0350",
        "did visit 1 day ago",
        "contact",
    ),
    ('test "t" at 2026-01-01 09:00 contact a expect b gets nothing', "K0217", "b", "there is `a`"),
]


HABITS: list[tuple[str, str, str, str]] = [
    ("trigger t on visit\n  send welcome\n  purpose newsletter", "K0122", "welcome", "`send email welcome`"),
    ("trigger t on visit\n  send email\n  purpose newsletter", "K0122", "email", "`send email TEMPLATE`"),
    ("trigger t on visit\n  send welcome\n  else send sms cart_short", "K0122", "welcome", "`send email welcome`"),
    ("trigger t on visit\n  send email\n  else send sms cart_short", "K0122", "email", "`send email TEMPLATE`"),
    ("trigger t on visit send welcome", "K0122", "welcome", "which channel?"),
    ("trigger t on visit send email xyz", "K0210", "xyz", "`templates/xyz.j2`"),
    ("trigger t on visit send email xyz", "K0210", "xyz", "send one of those that there are: `anywhere`"),
    ("trigger t on s send email welcome\nsegment s where vip", "K0219", "s", "`on entering s`"),
    ("score t +1 on s\nsegment s where vip", "K0219", "s", "`when in s`"),
    (TRIGGER + "with discount 10 %", "K0122", "discount", "`offer autumn` and below it `discount 10 %`"),
    (TRIGGER + 'offer ten\noffer ten code "T"', "K0122", "offer", "`with offer ..`"),
    ("quiet q on sonday", "K0101", "sonday", "did you mean `sunday`?"),
    (TRIGGER + "because we must", "K0103", "we", '`because "we .."`'),
    (TRIGGER + "\n  because we must  # hm", "K0103", "we must", '`because "we must"`'),
    ("quiet q from 9pm to 08:00", "K0106", "9pm", "write `21:00`"),
    ("quiet q from 20:00 to 12:30 am", "K0106", "12:30 am", "write `00:30`"),
    ("quiet q 21:00-08:00", "K0122", "21:00-08:00", "write `from 21:00 to 08:00`"),
    ("quiet q 21:00 for email", "K0122", "21:00", "write `from 21:00 to ..`"),
    ("offer o code ABC", "K0103", "ABC", '`code "ABC"`'),
    ("offer o code ABC-10 discount 5 %", "K0103", "ABC-10", '`code "ABC-10"`'),
    ("segment meine kunden where vip", "K0113", "meine kunden", "`meine_kunden`"),
    ('trigger my own one "T" on visit send email welcome', "K0113", "my own one", "`my_own_one`"),
    ("define mein wert = vip", "K0113", "mein wert", "`mein_wert`"),
    (STAGES + "stage of interest > 30", "K0203", "30", "`interest > 30`"),
    (STAGES + "stage of interest between 5 and 9", "K0203", "5", "`interest between ..`"),
    ('test "t"\n  contact a\n  expect a gets nothing', "K0122", "", "`at 2026-11-20 12:00` on the first line"),
    ('trigger t on visti where event.page = "x" send email welcome', "K0204", "visti", "did you mean `visit`?"),
    (TEST + "expect a gets no mail", "K0350", "no mail", "`gets nothing`"),
    (TEST + "expect a never gets email welcome", "K0101", "never", "`expect a gets nothing`"),
    (TEST + "expect a does not get anything", "K0101", "", "`expect a gets nothing`"),
    (TEST + "expect a does not get email welcom", "K0210", "welcom", "did you mean `welcome`?"),
    (TEST + "expect a does not get notify sale", "K0212", "sale", "did you mean `sales`?"),
    (TEST + "expect a gets 0 messages", "K0305", "0", ""),
    (TEST + "expect a is refused by conset", "K0350", "conset", "did you mean `consent`?"),
    (TEST + "expect a is refused by quiet", "K0350", "quiet", "is held by QUIET until TIME"),
    (TEST + "expect a is refused by where for nobody", "K0216", "nobody", ""),
    (TEST + "expect a gets nothing\n  did visit", "K0350", "did visit", "say of whom: `contact anna`"),
    (TEST + "withdraws fax\n  expect a gets nothing", "K0209", "fax", ""),
    (TEST + 'fact wether (city = "Bern")\n  expect a gets nothing', "K0350", "wether", "did you mean `weather`?"),
    (TEST + 'fact visit (city = "Bern")\n  expect a gets nothing', "K0350", "visit", "no fact table"),
    (
        TEST + "fact weather (rain_mm = 3)\n  expect a gets nothing",
        "K0350",
        "fact weather (rain_mm = 3)",
        "give it: `city",
    ),
    (
        TEST + 'fact weather (city = "Bern", rain = 3)\n  expect a gets nothing',
        "K0202",
        "rain",
        "did you mean `rain_mm`?",
    ),
    (
        TEST + "expect a gets nothing\n  contact b\n  contact b\n  expect b gets nothing",
        "K0350",
        "b",
        "named first here",
    ),
    (TEST + "expect a gets email\n  expect a gets nothing", "K0122", "email", "`gets email TEMPLATE`"),
    (TEST + 'did visit with (page = "x") 5 days ago expect a gets nothing', "K0101", "with", "leave it out"),
]
"""What a newcomer wrote from habit; each slip gives one finding."""


def check_one(text: str, code: str, underlined: str, told: str) -> None:
    found = findings(text)
    assert found, text
    first = found[0] if found[0].code == code else next((d for d in found if d.code == code), found[0])
    shown = " ".join([first.primary.text, *first.help, *(label.text for label in first.secondary)])
    assert (first.code, first.primary.span.text(text)) == (code, underlined), (first.summary, shown)
    assert told in shown, shown
    assert first.block or code == "K0110"


@pytest.mark.parametrize(("text", "code", "underlined", "told"), CONDITIONS, ids=[c[0] for c in CONDITIONS])
def test_conditions(text: str, code: str, underlined: str, told: str) -> None:
    check_one(SEGMENT + text, code, underlined, told)


@pytest.mark.parametrize(("text", "code", "underlined", "told"), CONDITIONS, ids=[c[0] for c in CONDITIONS])
def test_one_slip_gives_one_finding(text: str, code: str, underlined: str, told: str) -> None:
    assert len(findings(SEGMENT + text)) == 1


@pytest.mark.parametrize(("text", "code", "underlined", "told"), BLOCKS, ids=[b[0] for b in BLOCKS])
def test_blocks(text: str, code: str, underlined: str, told: str) -> None:
    check_one(text, code, underlined, told)


@pytest.mark.parametrize(("text", "code", "underlined", "told"), HABITS, ids=[h[0] for h in HABITS])
def test_habits(text: str, code: str, underlined: str, told: str) -> None:
    check_one(text, code, underlined, told)
    assert len(findings(text)) == 1


CLAUSES: list[tuple[str, list[tuple[str, str]]]] = [
    ("trigger t\n  on visit\n  wait 4\n  send fax welcome", [("K0107", "4"), ("K0209", "fax")]),
    ("trigger t\n  on visit\n  send welcome\n  purpose newsletter\n  priority 101",
     [("K0122", "welcome"), ("K0312", "101")]),
    ("trigger t\n  on visit\n  where did\n  send email xyz\n  priority 60", [("K0108", ""), ("K0210", "xyz")]),
    ("trigger t\n  on\n  send email welcome", [("K0108", "")]),
    ("trigger t\n  send email welcome\n  on visit\n  priority 101", [("K0311", "on"), ("K0312", "101")]),
    ("trigger t\n  on purchase\n  foo bar baz\n  send email xyz", [("K0100", "foo"), ("K0210", "xyz")]),
    ("trigger t\n  on purchase with (amount > 3\n  where event.amount > 3\n  send email welcome", [("K0118", "where")]),
    ("segment s\n  where (vip and vip\n  owner \"x\"", [("K0118", "owner")]),
    ("segment s\n  where vip vip\n  owner 5", [("K0100", "vip"), ("K0103", "5")]),
    ("score s\n  +1 on vist\n  5 on visit\n  +3 on\n  halve every 30",
     [("K0204", "vist"), ("K0121", "5"), ("K0108", ""), ("K0107", "30")]),
    ("quiet q\n  from 20:00 to\n  on sunday\n  for fax", [("K0108", ""), ("K0209", "fax")]),
    ("offer o\n  code\n  discount 110 %", [("K0108", ""), ("K0340", "110")]),
    ("segment s\n  where logins between 0 an 9", [("K0101", "an")]),
]  # fmt: skip
"""Mistakes in several clauses of a block; nothing follows from a clause that was left out."""


@pytest.mark.parametrize(("text", "told"), CLAUSES, ids=[c[0] for c in CLAUSES])
def test_each_clause_is_read_though_another_has_a_mistake(text: str, told: list[tuple[str, str]]) -> None:
    assert [(d.code, d.primary.span.text(text)) for d in findings(text)] == told


def test_an_age_that_is_no_field_is_reckoned_from_a_date() -> None:
    text = SEGMENT + "age between 30 and 50"
    fields = {name: one for name, one in SCHEMA.fields.items() if name != "age"}
    (found,) = check([("a.play", text)], replace(SCHEMA, fields=fields), TEMPLATES).diagnostics
    assert found.primary.span.text(text) == "age"
    assert found.primary.text == "did you mean `age of birth_date`?"


def test_type_errors_label_both_sides_and_name_the_declaration() -> None:
    text = SEGMENT + "country = 5"
    (found,) = findings(text)
    (other,) = found.secondary
    assert other.span.text(text) == "country"
    assert other.text == "one of [CH, LI, DE, AT], declared in schema.yaml:6"


def test_taken_names_show_both_places() -> None:
    text = "segment s where vip\ncap s at most 1 message per 7 days"
    (found,) = findings(text)
    assert found.block == "cap `s`"
    assert [label.span.line for label in found.secondary] == [1]


def test_a_suggestion_is_of_a_fitting_type() -> None:
    # `birth_dat` is near `birth_date`, but a date never meets a member
    (found,) = findings(SEGMENT + "birth_dat = CH")
    assert "birth_date" not in found.primary.text
    (found,) = findings(SEGMENT + "birth_dat > 2000-01-01")
    assert found.primary.text == "did you mean `birth_date`?"


def test_summaries_keep_the_written_style() -> None:
    for text in [SEGMENT + row[0] for row in CONDITIONS] + [row[0] for row in BLOCKS + HABITS]:
        for found in findings(text):
            for line in (found.summary, found.primary.text, *found.help):
                assert not line.endswith("."), line
                assert not line[:1].isupper(), line
                assert "\n" not in line
            for hidden in ("Numeric", "OneOf", "WORD", "QUOTED", "__ANON"):
                assert hidden not in found.summary + found.primary.text

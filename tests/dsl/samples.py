"""A project that says everything this version can carry out, and one line for each construct that it cannot yet."""

from __future__ import annotations

RICH = """# the whole language in one file
segment swiss_women was women "Women of 30 to 50 who have not bought X for a year"
  where gender = female
    and age of birth_date between 30 and 50
    and did not purchase with (product = "X" and amount >= 12.50) in last 365 days
  owner "CRM team"

segment everybody where everyone

segment friends
  include list press
  where vip
  include list partners
  exclude list staff

define turnover "Turnover of the year" = sum of purchase.amount with (items > 1) in last 1 year
  owner "Finance"
define warm = engagement >= 11.5 and not in everybody
define spread = largest of purchase.amount minus smallest of purchase.amount
define lately = (last visit)

segment many
  where (country in (CH, LI) or country not in (DE)) and not (persona = student)
    and occupation != "self-employed" and plan >= silver and plan between free and gold
    and email is known and first_name is missing and email is not missing and contact.first is not known
    and email contains "@" and email starts with "a" and email ends with ".ch"
    and signed_up older than 60 days and birth_date in last 30 years and contract_end in next 2 weeks
    and signed_up >= 2026-01-01 and birth_date < 2000-02-29 and signed_up between 2025-01-01 and 2025-12-31
    and birth_date anniversary today and name_day anniversary in next 7 days and name_day = "02-29"
    and in swiss_women and warm and vip and vip = yes and not vip != no
    and consents to email and consents to sms for newsletter
    and city within 2.5 km of (47.3769, -8.5417) and not city within 500 m of contact.city
    and contract_end this month and signed_up in last 3 local days
    and number of visit in last 3 local days >= 2 and average of purchase.amount this year > 100
    and distinct of purchase.product since 2026-01-01 <= 3 and turnover plus 100 times 2 > 1_000
    and sample 12.5 % as spring and last purchase.product = "X" and first purchase.amount with (items > 1) < 10
    and first purchase is known and lately in last 5 days
    and stage of engagement >= interested and engagement < 100
    and age = 3 and number = 4 and stage = 5 and first = "a" and did sum
    and interests has any (ski, "bike") and interests has all (ski) and interests has none (ski, bike)
    and home = "Europe/Zurich" and ratio = 0.125 and logins = 10

segment windows
  where did purchase before 2026-01-01 or did purchase from 2026-01-01 to 2026-01-31 or did purchase today
    or did purchase yesterday or did purchase this week or did purchase this month or did purchase this quarter
    or did purchase 90 to 30 days ago or did visit at least 3 times in last 14 days
    or did cart_added with (amount > 10) then purchase within 2 days this month
    or did not cart_added then cart_added of the same cart_id within 3 hours
    or did cart_added without purchase of the same amount within 4 hours in last 30 days
    or did purchase with (items > 1) within 30 days of signed_up
    or did not visit within 2 hours of first purchase this year
    or did visit on at least 3 different local days in last 14 days or did not visit on exactly 2 different local days
    or greatest of (logins, credit, 3) > 5 or least of (birth_date, contract_end) < 2026-01-01
    or weather.rain_mm > 5 or in swiss_women for 7 days or not in swiss_women for 1 month
    or did visit at most 2 times or did visit exactly 0 times or did not visit at least 3 times

score engagement "Points in the style of lead scoring"
  where persona = decision_maker
  +2  on newsletter_subscribed once
  +3  on visit at most 3 times per page
  +5  on purchase at most 20 points halving every 36 hours
  +8  on cart_added with (amount > 10) in last 30 days losing 10 % every 7 days
  +1  on sum forgotten after 2 weeks
  +1  on visit with (page = "x") at most 3 points per local week
  +1  per 100 of turnover at most 20 points
  +1  per 10 of logins once
  -15 when country not in (CH, LI, DE, AT)
  halve every 30 days
  keep between -10 and 100
  stage aware       from -10
  stage interested  from 11
  stage sales_ready from 40 leave below 35 rest 30 days

score cold
  +1 on visit
  lose 10 % of the original every 30 days

score short
  +1 on visit
  forget after 90 days

class worth was value "ABC by turnover of the last year"
  by turnover
  where in everybody
  tier A first 80 % of total
  tier B next 15.5 % of total
  tier C rest
  owner "Finance"

class busy
  by number of visit in last 90 days
  tier top_ten first 10 %
  tier rest_of_half next 40 %
  tier rest rest

class first_hundred
  by engagement
  tier best   top 100
  tier others rest

segment dear
  where class of worth in (A, B) and class of busy >= rest_of_half and class of first_hundred != best
    and class of busy is known

trigger cart_rescue was rescue "Four hours after an abandoned cart"
  on cart_added with (amount > 20)
  wait 4 hours unless did purchase with (amount >= event.amount) since then
  where in everybody and not in windows and event.amount > 30
  send email cart_reminder with offer welcome10
    else send email cart_reminder from owner_email reply to contact.owner_email
    else send sms cart_short
    else notify support "nothing gets through to {{ contact.first_name }}"
  notify sales "call {{ contact.first_name }}"
  again after 14 days per cart_id
  priority 60
  category promotional
  purpose newsletter
  if capped wait up to 1 day
  expires after 24 hours
  late by up to 2 days
  active from 2026-01-01 08:00 to 2026-12-31
  paused "until legal has answered"
  tags sale, autumn
  goal purchase with (amount >= event.amount) within 7 days
  holdout 12.5 %
  deliver between 09:00 and 11:00 on weekdays
  spread over 2 hours
  owner "CRM team"

trigger hello
  on entering everybody including those already in
  send email welcome
  if capped drop
  again never

trigger bye
  on leaving everybody
  notify support "gone"
  again every time

trigger handover
  on engagement reaching sales_ready
  notify sales "call them"
  again once per local month

trigger cooled
  on engagement falling below interested
  send letter welcome
  category service

trigger birthday
  every year on birth_date at 09:00
  send letter birthday_card
  category transactional
  because "they asked for it"
  leap day mar 1
  active from 2026-01-01

trigger early_card
  every year 2 weeks before birth_date at 09:00
  send letter birthday_card

trigger contract_ends
  30 days before contract_end at 09:00
  notify sales "renew"

trigger contract_over
  1 month after contract_end at 09:00
  notify sales "win back"

trigger each_day every day at 09:00
  notify sales "a day"

trigger each_monday every monday, thursday at 09:00
  notify sales "a week"

trigger each_month every month on 31 at 09:00
  notify sales "a month"

trigger black_friday on 2026-11-27 at 09:00
  where vip
  send email welcome

trigger moved
  on country changing
  notify support "moved"

trigger as_they_like
  on visit
  send preferred anywhere with offer five
    else send email welcome

trigger promote
  on visit with (seconds > 100)
  set plan to gold
  set logins to event.seconds
  set contact.first_name to missing
  call crm
  again never

trigger umbrella
  on weather.rain_mm changing to 0
  notify sales "sun"

trigger upgraded
  on plan changing to gold
  send email welcome

trigger becomes_rich
  when credit > 100 and country = CH
  send email welcome

trigger name_day_card
  every year on contact.name_day
  send letter birthday_card
  leap day feb 28

cap weekly        at most 2 messages per 7 days
cap sms_cap       at most 1 sms per local day where vip
cap monthly       at most 5 letters tagged sale per calendar month
  owner "Print"
cap breathing     at least 20 hours between promotional messages
cap mail_gap      at least 3 days between email messages where in everybody
cap letter_gap    at least 3 days between letters
cap any_gap       at least 1 hour between messages

cap keep_room     at most 3 messages per 7 days keeping 1 for priority >= 80

cap household     at most 1 letter per 30 days per country
cap print_budget  at most 500 letters per calendar month in total by engagement
cap ever          at most 9_000 letters tagged sale in total

suppress staff_only "Never to ourselves" where in everybody
  owner "CRM team"
suppress dispute from promotional where did visit in last 30 days

quality addresses was address_book "Can we reach them?"
  where in everybody
  expect completeness 99.5 % where email is known
  expect 80 % where credit > 0 or vip
  expect email unique
  expect first_name, birth_date unique
  stop sending for trigger cart_rescue, hello when it fails
  owner "CRM team"
quality everything expect freshness 1 % where did visit in last 30 days stop sending when it fails

quiet nights  from 20:00 to 08:00
quiet sundays on sunday, saturday for sms, letter
quiet lunch   from 12:00 to 13:00 on weekdays

offer welcome10 "10 % on the first order"
  discount 10 %
  code "WELCOME10"
  valid from 2026-11-01 to 2026-12-31
  group discounts keep best
  at most 1_000 in total
offer five
  discount 5 CHF
  valid to 2026-12-31
offer open_end
  valid from 2026-01-01

test "a purchase stops the cart reminder"
  at 2026-11-20 12:00
  contact anna (persona = decision_maker, country = CH, email = "anna@example.ch", vip = yes,
                signed_up = 2026-01-01 09:30, birth_date = 1990-02-28, name_day = "02-28", credit = 12.50,
                interests = (ski, bike))
    consents to email for newsletter
    on list press
    consents to sms
    withdraws sms at 09:00
    withdraws email for newsletter 1 hour ago
    did cart_added 5 hours ago
    did visit
    did visit at 11:30
    did visit at 2026-11-19 11:30
    did purchase (amount = 40, items = 2) 2 hours ago
  contact ben
  expect anna in everybody
  expect anna not in windows
  expect engagement of anna = 8.5
  expect stage of engagement of anna >= aware
  expect class of worth of anna != A
  expect anna gets nothing
  after 3 days
  expect ben gets email welcome at 16:00
  expect ben gets notify sales
  expect ben is capped by weekly
  expect ben holds offer welcome10
  expect plan of ben = gold
  expect credit of ben != 12.50
  expect first_name of ben is missing
  expect ben gets call crm
  expect ben is held by nights until 08:00
  fact weather (city = "Bern", rain_mm = 6)
  contact ben (country = CH)
    consents to email for newsletter
  expect ben gets 2 messages
  expect ben does not get email welcome
  expect ben does not get notify sales
  expect ben is refused by consent
  expect ben is refused by where for cart_rescue
  expect quality addresses holds
  expect quality everything fails
"""

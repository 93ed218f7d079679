"""When a launch plan starts by itself, as it is written, and what cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from volery import Annotations, CronSchedule, FixedRate, Labels, LaunchPlan, task, workflow
from volery.errors import DefinitionError
from volery.ir.notification import Notification
from volery.ir.schedule import Cron, Rate, Schedule
from volery.sdk.notification import Email

HERE = r"\(.*test_schedule\.py:\d+\)"


@task
def note(day: datetime | None, city: str) -> str:
    return f"{city} {day}"


@workflow
def report(day: datetime, city: str) -> str:
    return note(day=day, city=city)


@workflow
def relaxed(city: str = "Oslo", day: datetime | None = None) -> str:
    return note(day=day, city=city)


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
DAILY = CronSchedule("0 9 * * *", kickoff_time_input_arg="day")


# -- what is written --------------------------------------------------------------------------


def test_a_cron_schedule_is_what_it_says():
    made = CronSchedule("0  9 * * mon-FRI", "Europe/Berlin", "day", misfire=3, overlap="queue")
    assert made.spec() == Schedule(Cron("0 9 * * mon-FRI", "Europe/Berlin"), "day", 3, "queue")


def test_who_says_nothing_gets_utc_and_the_last_misfire():
    assert CronSchedule("0 9 * * *").spec() == Schedule(
        Cron("0 9 * * *", "UTC"), "", "last", "allow"
    )


@pytest.mark.parametrize(
    ("word", "expression"),
    [
        ("hourly", "0 * * * *"),
        ("@hourly", "0 * * * *"),
        ("@Daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
        ("annually", "0 0 1 1 *"),
    ],
)
def test_common_schedules_have_words(word, expression):
    assert CronSchedule(word).spec().when == Cron(expression)


@pytest.mark.parametrize("duration", [timedelta(minutes=90), 5400, 5400.0])
def test_a_fixed_rate_is_a_number_of_seconds(duration):
    assert FixedRate(duration, "day", misfire="all").spec() == Schedule(Rate(5400), "day", "all")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: CronSchedule("0 25 * * *"), "the hour cannot be 25(.|\n)*0 to 23"),
        (lambda: CronSchedule("0 9 * * FUN"), "the day-of-week cannot be FUN(.|\n)*SUN to SAT"),
        (lambda: CronSchedule("0 9 * *"), "has 4 fields(.|\n)*minute, hour, day-of-month"),
        (lambda: CronSchedule("@reboot"), "has 1 field\n"),
        (lambda: CronSchedule("0 0 9 * * *"), "has 6 fields(.|\n)*take a FixedRate"),
        (lambda: CronSchedule(""), "has 0 fields"),
        (lambda: CronSchedule("0 0 30 2 *"), "the day-of-month cannot be 30(.|\n)*as the months"),
        (lambda: CronSchedule("0 0 */31 1 MON#2"), "never comes"),
        (lambda: CronSchedule(f"{'9' * 5000} 9 * * *"), "has 5008 characters"),
        (lambda: CronSchedule(7), "schedule= takes a string, got 7"),
        (lambda: CronSchedule("daily", "Europe/Berln"), "no time zone.*(.|\n)*Europe/Berlin"),
        (lambda: CronSchedule("daily", "../etc/passwd"), "no time zone"),
        (lambda: CronSchedule("daily", "America"), "no time zone"),
        (lambda: CronSchedule("daily", ""), "no time zone ''"),
        (lambda: CronSchedule("daily", "UTC\0"), "no time zone"),
        (lambda: CronSchedule("daily", timezone=None), "timezone= takes a string, got None"),
        (lambda: CronSchedule("daily", offset="P1D"), "has no offset="),
        (lambda: CronSchedule("daily", misfire="lost"), "misfire= takes .*(.|\n)*last"),
        (lambda: CronSchedule("daily", misfire=0), "misfire= takes a whole number of at least 1"),
        (lambda: CronSchedule("daily", misfire=501), "a number up to 500, got 501(.|\n)*all"),
        (lambda: CronSchedule("daily", misfire=True), "misfire= takes a whole number"),
        (lambda: CronSchedule("daily", overlap="queu"), "overlap= takes .*(.|\n)*queue"),
        (lambda: FixedRate(timedelta(milliseconds=999)), "0.999 s(.|\n)*at least 1 second"),
        (lambda: FixedRate(0), "0 s(.|\n)*at least 1 second"),
        (lambda: FixedRate(-1), "duration= takes a timedelta or a number of seconds"),
        (lambda: FixedRate(float("nan")), "duration= takes"),
        (lambda: FixedRate("1h"), "duration= takes"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_where_it_is_written(make, told):
    with pytest.raises(DefinitionError, match=told) as caught:
        make()
    assert "test_schedule.py:" in caught.value.message or "has no offset" in caught.value.message


# -- of a launch plan -------------------------------------------------------------------------


def test_a_launch_plan_has_its_schedule():
    plan = LaunchPlan.get_or_create(
        report, "s_daily", fixed_inputs={"city": "Oslo"}, schedule=DAILY
    )
    assert plan.spec.schedule == DAILY.spec()


def test_inputs_with_defaults_need_not_be_bound():
    every = FixedRate(60)
    plan = LaunchPlan.get_or_create(relaxed, "s_relaxed", schedule=every)
    assert plan.spec.schedule == every.spec()


def test_the_instant_may_go_to_an_optional_datetime():
    plan = LaunchPlan.get_or_create(relaxed, "s_optional", schedule=DAILY)
    assert plan.spec.schedule == DAILY.spec()


@pytest.mark.parametrize(
    ("bound", "schedule", "told"),
    [
        ({}, DAILY, r"nobody would give it the input city\n.*city in fixed_inputs"),
        ({"city": "Oslo"}, CronSchedule("daily"), "nobody would give it the input day"),
        ({"city": "Oslo", "day": NEW_YEAR}, DAILY, r"day, which is fixed\n.*take day"),
        (
            {"day": NEW_YEAR},
            CronSchedule("daily", kickoff_time_input_arg="city"),
            r"city, which is str\n.*a datetime",
        ),
        (
            {"city": "Oslo"},
            CronSchedule("daily", kickoff_time_input_arg="dya"),
            r"dya, which is no input; nobody would give it the input day\n.*did you mean day",
        ),
    ],
)
def test_a_schedule_that_could_never_start_is_refused(bound, schedule, told):
    with pytest.raises(DefinitionError, match=f"s_never {HERE} cannot be scheduled: .*{told}"):
        LaunchPlan.get_or_create(report, "s_never", fixed_inputs=bound, schedule=schedule)


def test_a_clone_keeps_the_schedule_and_is_checked_with_it():
    plan = LaunchPlan.get_or_create(
        report, "s_whole", fixed_inputs={"city": "Oslo"}, schedule=DAILY
    )
    assert plan.clone_with("s_clone").spec.schedule == DAILY.spec()
    with pytest.raises(DefinitionError, match="day, which is fixed"):
        plan.clone_with("s_clone_bound", fixed_inputs={"day": NEW_YEAR})


def test_the_same_name_with_another_schedule_is_refused():
    LaunchPlan.get_or_create(relaxed, "s_once", schedule=CronSchedule("daily"))
    assert LaunchPlan.get_or_create(relaxed, "s_once", schedule=CronSchedule("0 0 * * *"))
    with pytest.raises(DefinitionError, match="exists already, with another schedule"):
        LaunchPlan.get_or_create(relaxed, "s_once", schedule=CronSchedule("hourly"))


# -- its other options ------------------------------------------------------------------------


def test_labels_and_annotations_are_sorted_texts():
    plan = LaunchPlan.get_or_create(
        relaxed,
        "s_labels",
        labels=Labels({"team": "weather", "area": "north"}),
        annotations={"owner": "ada"},
        auto_activate=True,
    )
    assert plan.spec.labels == (("area", "north"), ("team", "weather"))
    assert plan.spec.annotations == (("owner", "ada"),)
    assert plan.spec.auto_activate


def test_notifications_are_kept_in_their_order():
    mails = [Email(["FAILED"], [f"{name}@example.org"]) for name in ("ada", "bo")]
    plan = LaunchPlan.get_or_create(relaxed, "s_told", notifications=mails)
    assert plan.spec.notifications == (
        Notification(("FAILED",), "email", ("ada@example.org",)),
        Notification(("FAILED",), "email", ("bo@example.org",)),
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"schedule": "daily"}, "takes a CronSchedule or a FixedRate, got 'daily'"),
        ({"notifications": Email(["FAILED"], ["a@b.org"])}, "notifications= takes a list"),
        ({"notifications": [DAILY]}, "notifications= takes a list"),
        ({"labels": {"team": 1}}, "labels= takes a dict of strings to strings"),
        ({"labels": ["team"]}, "labels= takes a dict of strings to strings"),
        ({"annotations": {"": "x"}}, "annotations= takes a dict of strings to strings"),
        ({"auto_activate": 1}, "auto_activate= takes True or False"),
        ({"security_context": None}, "security_context= is not available yet"),
        ({"raw_output_data_config": None}, "raw_output_data_config= is not available yet"),
    ],
)
def test_options_that_cannot_be_are_refused(options, told):
    with pytest.raises(DefinitionError, match=told):
        LaunchPlan.get_or_create(relaxed, "s_refused", **options)


@pytest.mark.parametrize("kind", [Labels, Annotations])
def test_names_and_values_are_strings(kind):
    with pytest.raises(DefinitionError, match=f"{kind.__name__} {HERE}: values= takes a dict"):
        kind({"team": None})

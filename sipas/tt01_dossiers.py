"""`tt01.v1` for one dossier: indicators 1, 2, 3, 4 and 7 from its dates or a respondent's answers.

Dates decide where they are known; answers stand in for them. How often somebody came (`ev_visits`)
is not used: it counts filing and collecting as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sipas import tt01
from sipas.tt01 import Complaint, Pace, Points

INDICATORS = (1, 2, 3, 4, 7)

_COUNTS = {"0": 0, "1": 1, "2+": 2}


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of one dossier; whatever is None leaves its indicators unscored.

    Attributes:
        reached: the whole dossier against its limit, from dates.
        bodies: each body involved against its own limit.
        required: bodies that the law puts in charge of a field check or a council.
        complaint: what the complaint register says; None if it knows nothing.
        answers: option codes by question, such as `{"ev_late": "early"}`.
    """

    reached: Pace | None = None
    bodies: tuple[Pace, ...] = ()
    required: int = 0
    complaint: Complaint | None = None
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def dossier_points(dossier: Dossier) -> dict[int, Points]:
    """The points of one dossier, by indicator.

    >>> answers = {"ev_late": "early", "ev_contacts": "1", "ev_agencies": "0", "ev_trouble": "yes"}
    >>> {number: each.value for number, each in dossier_points(Dossier(answers=answers)).items()}
    {1: 2, 2: None, 3: 1, 4: 1, 7: 0}
    """
    told = dossier.answers
    reached = dossier.reached or tt01.pace_told(told.get("ev_late", ""))
    times = _COUNTS.get(told.get("ev_contacts", ""))
    others = _COUNTS.get(told.get("ev_agencies", ""))
    one_stop = None if times is None else times >= 1
    return {
        1: tt01.total_time(reached),
        2: tt01.bodies_time(dossier.bodies),
        3: _contacts(times, told),
        4: tt01.bodies(one_stop, others, dossier.required),
        7: tt01.attitude(reached, complaint_of(dossier)),
    }


def complaint_of(dossier: Dossier) -> Complaint:
    """What counts as the complaint: the register's word, else trouble that a respondent told.

    Who preferred not to say has complained of nothing.

    >>> complaint_of(Dossier(answers={"ev_trouble": "yes"})).value
    'pending'
    >>> told = {"ev_trouble": "yes"}
    >>> complaint_of(Dossier(complaint=Complaint.UNFOUNDED, answers=told)).value
    'unfounded'
    """
    if dossier.complaint is not None:
        return dossier.complaint
    return Complaint.PENDING if dossier.answers.get("ev_trouble") == "yes" else Complaint.NONE


def _contacts(times: int | None, told: Mapping[str, str]) -> Points:
    """Indicator 3; who says that the papers were incomplete caused every contact told."""
    mine = told.get("ev_contacts_cause") == "mine"
    return tt01.contacts(times, (times or 0) * mine)

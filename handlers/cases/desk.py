"""Who works on which case, and what they may do with it: never the rated unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.rights import Right, Role
from handlers.seat import Seat
from sipas.case_opening import Desk as Work
from sipas.case_opening import Place, desk_of
from sipas.cases import STAFF, Act, Standing, possible, standing
from storage import cases
from storage.case_rows import Case, Done
from storage.cases import Wish

ROLES: Mapping[Work, tuple[Role, ...]] = {
    Work.ABOVE: (Role.CASE_WORKER,),
    Work.INSPECTION: (Role.INSPECTION,),
}
_ORDER = {each: rank for rank, each in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class Desk(Seat):
    """What one person may do with cases, in one state of the installation."""

    def sees(self, case: Case) -> bool:
        """Whether the case is the person's: by role at the body that has it, and not one's own."""
        mine = self.signed.covers(self.directory, Right.CASES, (case.body,), ROLES[case.desk])
        return mine and not self.signed.works_in(self.directory, case.unit)

    async def cases(self) -> list[Case]:
        """The cases that are the person's, the most urgent first."""
        rows = filter(self.sees, await self.asked.store.look(cases.cases))
        return sorted(rows, key=lambda each: (_ORDER[self.stands(each)], each.since, each.case_id))

    async def case(self, number: int) -> Case | None:
        """The case with this number, if it is the person's."""
        found = await self.asked.store.look(cases.case, number)
        return found if found and self.sees(found) else None

    async def appealed(self) -> frozenset[int]:
        """Numbers of the cases with an appeal that waits for a decision."""
        return await self.asked.store.look(cases.appealed)

    def stands(self, case: Case) -> Standing:
        """How a case stands today."""
        return standing(case.state, case.clocks, self.asked.today())

    def acts(self, case: Case, done: Sequence[Done]) -> tuple[Act, ...]:
        """What this person may do with a case as it stands."""
        name = self.signed.staff.name
        own = (act for act in STAFF if act is not Act.HAND_OVER or self.others(case))
        known = {act: cases.facts(case, done, Wish(act), name) for act in own}
        return tuple(act for act in known if act in possible(case.state, known[act]))

    def others(self, case: Case) -> list[Place]:
        """To whom a case may be handed over: harm among inspections only, nothing to the rated."""
        above = self._above(case.unit)
        inspecting = self.asked.survey.inspection
        known = self.directory.unit(inspecting) is not None and inspecting != case.unit
        inspections = [inspecting] * known + above[-1:]
        harm = desk_of(case.causes) is Work.INSPECTION
        found = [] if harm else [Place(Work.ABOVE, code) for code in above]
        found += [Place(Work.INSPECTION, code) for code in dict.fromkeys(inspections)]
        return [each for each in found if each != case.place]

    def _above(self, code: str) -> list[str]:
        """Codes of the units above, nearest first."""
        above: list[str] = []
        unit = self.directory.unit(code)
        while unit and unit.parent_code and unit.parent_code not in above:
            above.append(unit.parent_code)
            unit = self.directory.unit(unit.parent_code)
        return above

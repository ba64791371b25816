"""Who sees a finding, who may appeal against it, and who decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.rights import Right, Role, Signed
from handlers.service import Service, State
from sipas.findings import Act, possible
from sipas.workdays import workdays
from storage import integrity
from storage.integrity import Finding

APPEALING = (Act.APPEAL,)
DECIDING = (Act.UPHOLD, Act.DISMISS)
# Whose counter it is appeals; whoever looks after all units does not appeal in their name.
_APPEALS = (Role.UNIT_HEAD,)
_RIGHTS: Mapping[Act, Right] = {
    Act.APPEAL: Right.DRAFT,
    Act.UPHOLD: Right.FLAGS,
    Act.DISMISS: Right.FLAGS,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """One person, in one state of the installation."""

    asked: Service
    state: State
    signed: Signed

    def sees(self, unit: str) -> bool:
        """Whether findings of the unit's counters are the person's to see."""
        return self.signed.covers(self.state.directory, Right.SEE, (unit,))

    def may(self, act: Act, unit: str) -> bool:
        """Whether the person may do this about the unit's counters."""
        roles = _APPEALS if act in APPEALING else tuple(Role)
        return self.signed.covers(self.state.directory, _RIGHTS[act], (unit,), roles)

    async def findings(self) -> list[Finding]:
        """Those that the person may see, the newest first."""
        found = await self.asked.store.look(integrity.findings)
        mine = {unit for unit in {each.unit for each in found} if self.sees(unit)}
        return [each for each in found if each.unit in mine]

    def acts(self, finding: Finding) -> tuple[Act, ...]:
        """What the person may do about it now."""
        now = possible(finding.state, self.waited(finding))
        return tuple(act for act in now if self.may(act, finding.unit))

    def waited(self, finding: Finding) -> int:
        """Workdays since the counter was named."""
        return len(workdays(date.fromisoformat(finding.raised), self.asked.today())) - 1

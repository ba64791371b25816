-- A mark that a dossier has its receipt goes a while after the receipt's last day.

-- Of marks made before, the day of the dossier's event is known, which is never later.
alter table minted add column last_day integer not null default 0;
update minted set last_day = coalesce(
    (select max(e.day) from dossier_events e
     where e.code_hash = minted.dossier_hash and e.stage = minted.stage),
    0
);

create index minted_days on minted (last_day);

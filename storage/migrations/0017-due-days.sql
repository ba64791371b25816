-- The day a dossier's result is appointed for, and the events that end dossiers found by unit.

alter table dossier_events add column due integer;

create index dossier_ends on dossier_events (unit_id, day) where stage in (2, 4);

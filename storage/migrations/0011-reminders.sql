-- A conversation is reminded once.

alter table conversations add column reminded integer not null default 0;

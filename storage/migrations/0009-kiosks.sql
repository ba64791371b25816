-- A kiosk stands at one counter; a device for paper serves its unit's.

alter table devices add column counter_code text not null default '';

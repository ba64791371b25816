-- Cases: rows that move by the table of sipas.cases, and acts that only grow.

-- name: add_case(unit_id, counter_id, visited, opened_on, instrument, levels, tags, causes, code_hash, state, desk, body)$
insert into cases
    (unit_id, counter_id, visited, opened_on, since, instrument, levels, tags, causes, code_hash,
     state, desk, body)
values
    (:unit_id, :counter_id, :visited, :opened_on, :opened_on, :instrument, :levels, :tags, :causes,
     :code_hash, :state, :desk, :body)
returning case_id;

-- name: seal_case(case_id, sealed)!
update cases set sealed = :sealed where case_id = :case_id;

-- name: cases_like(case_id, state)
-- The columns of storage.case_rows.Case: one, those in a state, or with 0 and an empty text all.
select c.case_id, u.code as unit, coalesce(k.code, '') as counter, c.visited, c.opened_on, c.since,
       c.instrument, c.levels, c.tags, c.causes, c.state, c.desk, c.body, c.finding, c.extended_on,
       c.escalated, c.answered_on, c.outcome, c.closed_on
from cases c
join units u on u.unit_id = c.unit_id
left join counters k on k.counter_id = c.counter_id
where (c.case_id = :case_id or :case_id = 0)
  and (c.state = :state or :state = '')
order by c.case_id;

-- name: case_by_code(code_hash)$
select case_id from cases where code_hash = :code_hash;

-- name: case_words(case_id)$
select sealed from cases where case_id = :case_id;

-- name: move_case(case_id, state, desk, body, since, finding, extended_on, escalated, answered_on, outcome, closed_on)!
update cases
set state = :state, desk = :desk, body = :body, since = :since, finding = :finding,
    extended_on = :extended_on, escalated = :escalated, answered_on = :answered_on,
    outcome = :outcome, closed_on = :closed_on
where case_id = :case_id;

-- name: add_case_act(case_id, on_day, actor, act, state, desk, body, finding, sealed)!
insert into case_acts (case_id, on_day, actor, act, state, desk, body, finding, sealed)
values (:case_id, :on_day, :actor, :act, :state, :desk, :body, :finding, :sealed);

-- name: case_acts(case_id)
select on_day, actor, act, state, desk, body, finding, sealed
from case_acts where case_id = :case_id order by act_id;

-- name: add_case_contact(case_id, sealed)!
insert into case_contacts (case_id, sealed) values (:case_id, :sealed)
on conflict (case_id) do update set sealed = excluded.sealed;

-- name: case_contact(case_id)$
select sealed from case_contacts where case_id = :case_id;

-- name: drop_case_contact(case_id)!
delete from case_contacts where case_id = :case_id;

-- name: drop_case_contacts()!
delete from case_contacts;

-- name: erase_case(case_id)!
update cases set sealed = null, tags = '', code_hash = null where case_id = :case_id;

-- name: erase_case_acts(case_id)!
update case_acts set sealed = null where case_id = :case_id;

-- name: blank_case(case_id)!
update cases set levels = '', causes = '' where case_id = :case_id;

-- name: purge_case_contacts(before)!
delete from case_contacts
where case_id in (select c.case_id from cases c where c.closed_on < :before);

-- name: ended_cases(before)
select case_id from cases where closed_on < :before and code_hash is not null;

-- name: answered_cases()
select case_id, answered_on from cases where state = 'answered';

-- name: open_cases_by_unit(before)
-- How many cases of each unit that were opened before a day are not closed.
select unit_id, count(*) from cases
where state <> 'closed' and opened_on < :before
group by unit_id;

-- name: appealed_cases()
-- Cases in which the rated unit has appealed and nobody has decided about it.
select a.case_id from case_acts a
where a.act = 'appeal'
  and not exists (select 1 from case_acts d where d.case_id = a.case_id and d.act = 'decide');

-- name: closed_cases()$
-- How many were ever closed by an act or by time; an erasure closes without a day.
select count(*) from cases where closed_on is not null;

-- name: unit_line_step(code)$
-- The code of the unit above; of a former unit as it was last.
select parent_code from units where code = :code order by valid_from desc limit 1;

-- name: unit_exists(code)$
select count(*) from units where code = :code;

-- name: unit_code(unit_id)$
select code from units where unit_id = :unit_id;

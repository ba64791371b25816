-- Paper: batches as printed, forms while they are keyed and checked, and how the checks ended.

-- name: add_paper_batch(code, counter_id, instrument_id, fields, consent, forms, printed_on, printed_by)!
insert into paper_batches (
    code, counter_id, instrument_id, fields, consent, forms, printed_on, printed_by
) values (
    :code, :counter_id, :instrument_id, :fields, :consent, :forms, :printed_on, :printed_by
) on conflict (code) do nothing;

-- name: paper_batches(code)
-- The columns of storage.paper.Batch, newest first; of one batch, or with an empty code of all.
select b.batch_id, b.code, c.counter_id, c.code as counter, c.name, u.unit_id, u.code as unit,
       u.name as unit_name, i.ref, b.fields, b.consent, b.forms, b.printed_on, b.printed_by,
       b.state, b.round,
       coalesce(b.keyed, (select count(*) from paper_forms f where f.batch_id = b.batch_id)) as keyed,
       b.spoiled
from paper_batches b
join counters c on c.counter_id = b.counter_id
join units u on u.unit_id = c.unit_id
join instruments i on i.instrument_id = b.instrument_id
where b.code = :code or :code = ''
order by b.batch_id desc;

-- name: set_paper_state(batch_id, state)!
update paper_batches set state = :state where batch_id = :batch_id;

-- name: next_paper_round(batch_id)!
update paper_batches set state = 'keying', round = round + 1 where batch_id = :batch_id;

-- name: close_paper_batch(batch_id, keyed, spoiled)!
update paper_batches set state = 'closed', keyed = :keyed, spoiled = :spoiled
where batch_id = :batch_id;

-- name: key_paper_form(batch_id, number, device_id, keyed)!
insert into paper_forms (batch_id, number, device_id, keyed)
values (:batch_id, :number, :device_id, :keyed)
on conflict (batch_id, number) do nothing;

-- name: paper_forms(batch_id)
-- The columns of storage.paper.Form.
select number, device_id, drawn, keyed, again, differences from paper_forms
where batch_id = :batch_id order by number;

-- name: drop_paper_form(batch_id, number)!
delete from paper_forms where batch_id = :batch_id and number = :number;

-- name: drop_paper_forms(batch_id)!
delete from paper_forms where batch_id = :batch_id;

-- name: draw_paper_form(batch_id, number)!
update paper_forms set drawn = 1 where batch_id = :batch_id and number = :number;

-- name: check_paper_form(batch_id, number, again, differences)!
update paper_forms set again = :again, differences = :differences
where batch_id = :batch_id and number = :number;

-- name: settle_paper_form(batch_id, number, keyed)!
update paper_forms set keyed = :keyed, again = null
where batch_id = :batch_id and number = :number;

-- name: add_paper_check(batch_id, round, keyed, drawn, marks, differences)!
insert into paper_checks (batch_id, round, keyed, drawn, marks, differences)
values (:batch_id, :round, :keyed, :drawn, :marks, :differences);

-- name: paper_checks(batch_id)
select round, keyed, drawn, marks, differences from paper_checks
where batch_id = :batch_id order by round;

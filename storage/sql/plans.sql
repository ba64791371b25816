-- Corrective plans: calls and listed criteria, whose acts only grow; the newest act is the state.

-- name: add_plan_call(kind, period, against, release_id)!
insert into plan_calls (kind, period, against, release_id)
values (:kind, :period, :against, :release_id)
on conflict (kind, period) do nothing;

-- name: plan_call(kind, period)$
select call_id from plan_calls where kind = :kind and period = :period;

-- name: add_plan_due(call_id, due, at, actor)!
insert into plan_dues (call_id, due, at, actor) values (:call_id, :due, :at, :actor);

-- name: plan_calls()
-- The columns of storage.plans.Call, the newest first.
select c.call_id, c.kind, c.period, c.against, c.release_id, d.due, d.at, d.actor
from plan_calls c
join plan_dues d on d.call_id = c.call_id
where d.due_id = (select max(e.due_id) from plan_dues e where e.call_id = c.call_id)
order by c.call_id desc;

-- name: add_plan(call_id, unit_code, criterion, listed)!
insert into plans (call_id, unit_code, criterion, listed)
values (:call_id, :unit_code, :criterion, :listed);

-- name: plan_of(call_id, unit_code, criterion)$
select plan_id from plans
where call_id = :call_id and unit_code = :unit_code and criterion = :criterion;

-- name: add_plan_act(plan_id, at, on_day, actor, act, state, causes, measures, deadline, post, note)!
insert into plan_acts
    (plan_id, at, on_day, actor, act, state, causes, measures, deadline, post, note)
values
    (:plan_id, :at, :on_day, :actor, :act, :state, :causes, :measures, :deadline, :post, :note);

-- name: plans_as_of(plan_id, unit_code, until)
-- The columns of storage.plans, with what each said at a moment; 0 and an empty text mean any.
select p.plan_id, p.call_id, c.kind, c.period, d.due, p.unit_code, p.criterion, p.listed,
       a.act_id, a.state, a.causes, a.measures, a.deadline, a.post,
       (select min(w.on_day) from plan_acts w
        where w.plan_id = p.plan_id and w.act = 'write' and w.at <= :until) as entered_on,
       (select max(f.on_day) from plan_acts f
        where f.plan_id = p.plan_id and f.act = 'finish' and f.at <= :until) as done_on
from plans p
join plan_calls c on c.call_id = p.call_id
join plan_dues d on d.call_id = p.call_id
join plan_acts a on a.plan_id = p.plan_id
where a.act_id = (select max(b.act_id) from plan_acts b
                  where b.plan_id = p.plan_id and b.at <= :until)
  and d.due_id = (select max(e.due_id) from plan_dues e where e.call_id = p.call_id)
  and (p.plan_id = :plan_id or :plan_id = 0)
  and (p.unit_code = :unit_code or :unit_code = '')
order by p.call_id desc, p.unit_code, p.plan_id;

-- name: unverified_plans()
-- How many plans of a unit stand alike: the columns of storage.plan_rows.Unverified.
select p.unit_code, a.state, d.due, a.deadline, count(*)
from plans p
join plan_dues d on d.call_id = p.call_id
join plan_acts a on a.plan_id = p.plan_id
where a.act_id = (select max(b.act_id) from plan_acts b where b.plan_id = p.plan_id)
  and d.due_id = (select max(e.due_id) from plan_dues e where e.call_id = p.call_id)
  and a.state <> 'verified'
group by p.unit_code, a.state, d.due, a.deadline;

-- name: plan_acts(plan_id)
select at, actor, act, state, causes, measures, deadline, post, note
from plan_acts where plan_id = :plan_id order by act_id;

-- name: add_scorecard(year, at, actor)!
insert into scorecards (year, at, actor) values (:year, :at, :actor);

-- name: last_scorecard(year)$
select max(import_id) from scorecards where year = :year;

-- name: scorecard_years()
-- The years with the import that is shown, the newest first.
select s.year, s.import_id, s.at, s.actor from scorecards s
where s.import_id = (select max(t.import_id) from scorecards t where t.year = s.year)
order by s.year desc;

-- name: add_scorecard_row(import_id, place, code, name, maximum, own, appraised, unit_code)!
insert into scorecard_rows (import_id, place, code, name, maximum, own, appraised, unit_code)
values (:import_id, :place, :code, :name, :maximum, :own, :appraised, :unit_code);

-- name: scorecard_rows(import_id)
select code, name, maximum, own, appraised, unit_code
from scorecard_rows where import_id = :import_id order by place;

-- name: add_scorecard_mapping(year, code, earlier, comparable, reason, at, actor)!
insert into scorecard_mappings (year, code, earlier, comparable, reason, at, actor)
values (:year, :code, :earlier, :comparable, :reason, :at, :actor);

-- name: scorecard_mappings(year)
select year, code, earlier, comparable, reason, at, actor
from scorecard_mappings where year = :year order by mapping_id;

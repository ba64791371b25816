-- The sealed log: leaves as responses are released, their order and the roots when a day is sealed.

-- name: add_leaf(response_id, leaf, salt, comment_hash)!
insert into log_leaves (response_id, leaf, salt, comment_hash)
values (:response_id, :leaf, :salt, :comment_hash);

-- name: lowest_blank()$
select coalesce(min(response_id), 0) from log_leaves where response_id < 0;

-- name: blank_leaves()
select leaf_index, salt from log_leaves where response_id < 0 order by response_id desc;

-- name: comment_of(response_id)^
select sealed, quote, salt from comments where response_id = :response_id;

-- name: commented(first, last)
select response_id from comments where response_id between :first and :last;

-- name: salt_comment(response_id, salt)!
update comments set salt = :salt where response_id = :response_id;

-- name: reseal_comment(response_id, new_id, sealed)!
update comments set response_id = :new_id, sealed = :sealed where response_id = :response_id;

-- name: counter_code(counter_id)$
select code from counters where counter_id = :counter_id;

-- name: unit_code(unit_id)$
select code from units where unit_id = :unit_id;

-- name: field_code(field_id)$
select code from fields where field_id = :field_id;

-- name: unsealed_responses(after_response, most)
-- Responses after a number that have no leaf: those released before there was a log.
select r.response_id, r.counter_id, r.unit_id, r.instrument_id, r.levels, r.tags, r.stage,
       r.stratum, r.channel, r.kind, r.field_id, r.consent, r.code_hash, r.resolving_unit_id
from responses r left join log_leaves l on l.response_id = r.response_id
where r.response_id > :after_response and l.response_id is null
order by r.response_id limit :most;

-- name: waiting_leaves(most)
-- In the order of the leaves, which their salts have made chance.
select response_id, leaf from log_leaves where leaf_index is null order by leaf limit :most;

-- name: waiting_acts()
select act_id, entry from log_acts where leaf_index is null order by act_id;

-- name: place_leaf(response_id, leaf_index)!
update log_leaves set leaf_index = :leaf_index where response_id = :response_id;

-- name: place_act(act_id, leaf_index)!
update log_acts set leaf_index = :leaf_index where act_id = :act_id;

-- name: add_act(entry)!
insert into log_acts (entry) values (:entry);

-- name: log_size()$
select coalesce(max(leaf_index) + 1, 0)
from (
    -- said, or SQLite reads every leaf: the index is of those that have a place
    select max(leaf_index) as leaf_index from log_leaves where leaf_index is not null
    union all
    select max(leaf_index) from log_acts
) as placed;

-- name: add_node(level, position, hash)!
insert into log_nodes (level, position, hash) values (:level, :position, :hash);

-- name: node(level, position)$
select hash from log_nodes where level = :level and position = :position;

-- name: leaf_at(leaf_index)$
select leaf from log_leaves where leaf_index = :leaf_index;

-- name: act_at(leaf_index)$
select entry from log_acts where leaf_index = :leaf_index;

-- name: leaves_before(size)
select leaf_index, leaf from log_leaves where leaf_index < :size order by leaf_index;

-- name: acts_before(size)
select leaf_index, entry from log_acts where leaf_index < :size order by leaf_index;

-- name: roots()
select number, day, size, root, previous, signature from log_roots order by number;

-- name: last_root()^
select number, day, size, root, previous, signature from log_roots order by number desc limit 1;

-- name: add_root(number, day, size, root, previous, signature)!
insert into log_roots (number, day, size, root, previous, signature)
values (:number, :day, :size, :root, :previous, :signature);

-- name: response_by_code(code_hash)^
select r.response_id, r.counter_id, r.unit_id, r.instrument_id, r.levels, r.tags, r.stage,
       r.stratum, r.channel, r.kind, r.field_id, r.consent, r.code_hash, r.resolving_unit_id,
       l.leaf_index, l.salt, l.comment_hash, c.response_id is not null as commented
from responses r
join log_leaves l on l.response_id = r.response_id
left join comments c on c.response_id = r.response_id
where r.code_hash = :code_hash;

-- name: add_statement(act_id, release_id, files)!
insert into log_statements (act_id, release_id, files) values (:act_id, :release_id, :files);

-- name: drop_statements()!
delete from log_statements;

-- name: statement()^
select release_id, files from log_statements order by act_id desc limit 1;

-- name: last_act()$
select max(act_id) from log_acts;

-- name: last_release_id()$
select coalesce(max(release_id), 0) from releases;

-- name: responses_with_leaves()
-- Every response with its leaf, if it has one, in the order of the log.
select r.response_id, r.counter_id, r.unit_id, r.instrument_id, r.levels, r.tags, r.stage,
       r.stratum, r.channel, r.kind, r.field_id, r.consent, r.code_hash, r.resolving_unit_id,
       l.leaf_index, l.leaf, l.salt, l.comment_hash
from responses r left join log_leaves l on l.response_id = r.response_id
order by l.leaf_index;

-- name: all_acts()
select leaf_index, entry from log_acts order by act_id;

-- name: erased()
-- Leaves whose comment its owner has destroyed.
select l.leaf from log_leaves l join log_erasures e on e.response_id = l.response_id;

-- name: closed_by_code(code_hash)^
select response_id, counter_id from closed_responses where code_hash = :code_hash;

-- name: leaf_by_code(code_hash)^
select r.response_id, l.leaf
from responses r join log_leaves l on l.response_id = r.response_id
where r.code_hash = :code_hash;

-- name: kept_codes()
-- Hashes of every code that still opens something.
select code_hash from closed_responses where code_hash is not null
union all
select code_hash from responses where code_hash is not null;

-- name: drop_comment(response_id)!
delete from comments where response_id = :response_id;

-- name: drop_verdicts(response_id)!
delete from verdicts where response_id = :response_id;

-- name: drop_duration(response_id)!
delete from durations where response_id = :response_id;

-- name: forget_code_of_closed(response_id)!
update closed_responses set code_hash = null where response_id = :response_id;

-- name: forget_code(response_id)!
update responses set code_hash = null, contest_tag = null where response_id = :response_id;

-- name: add_erasure(response_id)!
insert into log_erasures (response_id) values (:response_id);

-- name: add_withdrawal(response_id, counted)!
insert into withdrawals (response_id, counted) values (:response_id, :counted);

-- name: taken_back(first_response)
-- Responses from a number on that were taken back and still count.
select r.response_id, r.counter_id, r.unit_id, r.instrument_id, r.levels, r.tags, r.stage,
       r.stratum, r.channel, r.kind, r.field_id, r.consent, r.code_hash, r.resolving_unit_id, l.leaf
from withdrawals w
join responses r on r.response_id = w.response_id
join log_leaves l on l.response_id = w.response_id
where w.counted = 1 and w.response_id >= :first_response and r.counter_id > 0
order by w.response_id;

-- name: uncount_withdrawal(response_id)!
update withdrawals set counted = 0 where response_id = :response_id;

-- name: response_from(leaf_index)^
-- The first response at a place or after it: a leaf may be of nothing.
select r.response_id, r.levels, l.leaf_index
from log_leaves l join responses r on r.response_id = l.response_id
where l.leaf_index >= :leaf_index
order by l.leaf_index
limit 1;

-- name: tamper_with(response_id, levels)!
-- Only the demo does it, to show that it is found.
update responses set levels = :levels where response_id = :response_id;

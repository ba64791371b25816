-- The tokens of Official Accounts: one pair in use, the one before for audit.

-- name: grant(account_id)^
select generation, sealed, access_until, asked_at from oa_grants where account_id = :account_id;

-- name: grant_seed(account_id)$
select seed from oa_grants where account_id = :account_id;

-- name: claim_grant(account_id, generation, now)!
-- One row changes for one caller only, whichever process it is in.
update oa_grants set asked_at = :now
where account_id = :account_id and generation = :generation and asked_at is null;

-- name: unclaim_grant(account_id, generation)!
update oa_grants set asked_at = null
where account_id = :account_id and generation = :generation;

-- name: bury_grant(account_id, generation)!
-- Nobody waits for it any more.
update oa_grants set asked_at = 0
where account_id = :account_id and generation = :generation;

-- name: keep_former_grant(account_id, now)!
insert into oa_former_grants (account_id, generation, sealed, replaced_at)
select account_id, generation, sealed, :now from oa_grants where account_id = :account_id
on conflict (account_id) do update
set generation = excluded.generation, sealed = excluded.sealed,
    replaced_at = excluded.replaced_at;

-- name: save_grant(account_id, generation, sealed, access_until, seed)!
insert into oa_grants (account_id, generation, sealed, access_until, asked_at, seed)
values (:account_id, :generation, :sealed, :access_until, null, :seed)
on conflict (account_id) do update
set generation = excluded.generation, sealed = excluded.sealed,
    access_until = excluded.access_until, asked_at = null, seed = excluded.seed;

-- name: former_grant(account_id)^
select generation, sealed from oa_former_grants where account_id = :account_id;

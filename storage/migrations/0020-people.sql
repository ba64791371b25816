-- Wrong passwords are counted by what was typed, whether or not anybody has that name: so nothing,
-- neither an answer nor how long it takes, tells which names exist. The mark is a keyed hash.
create table sign_in_failures (
    mark bigint not null primary key,
    failures integer not null,
    locked_until integer not null,
    last integer not null
);

alter table accounts drop column failures;
alter table accounts drop column locked_until;

-- A login that an identity provider vouched for ends with the provider's session, and says goodbye there.
alter table logins add column provider_session text;
alter table logins add column id_token bytea;

-- Published answers that were put right: what they said before stays to be read, as long as the quote does.

-- published_at: when this wording was published; the newest is the relay's own.
create table relay_editions (
    relay_id integer not null references relays (relay_id),
    edition integer not null,
    published_at text not null,
    outcome text not null check (outcome in ('fixed', 'planned', 'explained')),
    words text not null,
    primary key (relay_id, edition)
);

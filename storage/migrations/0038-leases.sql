-- What only one process may do at a time, who does it, and until when (in seconds).

create table leases (
    name text not null primary key,
    holder text not null,
    until integer not null
) without rowid;

-- How far a move from another database has come: the tables begun, and the last key of each.

create table moves (
    name text not null primary key,
    after_key text not null,
    n integer not null
) without rowid;

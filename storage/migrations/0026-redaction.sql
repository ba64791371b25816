-- A comment without personal data, for an editor. The number is given in batches and by chance: it
-- tells nothing of when the response came, and no other number names a comment outside its case.

alter table comments add column number integer;
alter table comments add column masked bytea;
alter table comments add column reason text;

create unique index comment_number on comments (number) where number is not null;
create index comment_redaction on comments (redaction, response_id);

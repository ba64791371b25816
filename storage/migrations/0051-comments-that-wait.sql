-- What is looked for every few seconds is found without reading every comment there has ever been.

create index comment_untagged on comments (response_id) where language is null;

create index comment_without_topics on comments (response_id)
where masked is not null and topics is null;

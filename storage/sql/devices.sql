-- Enrolled devices: added with a code, opened with it once, known by a token from then on, ended.

-- name: add_device(purpose, unit_code, counter_code, name, enrolled_on, code_hash, code_until)!
insert into devices (purpose, unit_code, counter_code, name, enrolled_on, code_hash, code_until)
values (:purpose, :unit_code, :counter_code, :name, :enrolled_on, :code_hash, :code_until);

-- name: open_device(code_hash, now, token_hash)!
-- The code works once: the same statement that hands out the token forgets the code.
update devices set token_hash = :token_hash, code_hash = null, code_until = null
where code_hash = :code_hash and code_until >= :now and ended_on is null;

-- name: device_of(token_hash)
-- The columns of storage.devices.Device.
select device_id, purpose, unit_code, counter_code, name, enrolled_on, ended_on,
       token_hash is not null as opened
from devices where token_hash = :token_hash and ended_on is null;

-- name: all_devices()
select device_id, purpose, unit_code, counter_code, name, enrolled_on, ended_on,
       token_hash is not null as opened
from devices order by device_id;

-- name: end_device(device_id, day)!
update devices set ended_on = :day, code_hash = null, code_until = null, token_hash = null
where device_id = :device_id and ended_on is null;

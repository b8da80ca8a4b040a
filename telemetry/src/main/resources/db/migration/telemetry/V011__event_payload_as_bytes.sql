-- From version 2 on a payload is ciphertext. The bytes of version 1 are the UTF-8 of its text, which is
-- what its hash was made of: the chain stays as it is.
alter table telemetry.event alter column payload type bytea using convert_to(payload, 'UTF8');

-- Ciphertext does not shrink.
alter table telemetry.event alter column payload set storage external;

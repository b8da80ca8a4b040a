-- What has an end apart from its begin may have begun long before a time that is asked for; it is in few rows. All
-- others are found by the hour they begin in.
create index observation_end_ix on telemetry.observation (patient) where split_part(rare, '|', 1) <> '';

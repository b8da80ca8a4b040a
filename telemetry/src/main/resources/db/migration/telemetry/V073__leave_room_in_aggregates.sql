-- Room for the next version of each row on its own page: it then takes no new entry in the index, and the old one
-- goes with the next look at the page.
alter table telemetry.reading_hour set (fillfactor = 50);
alter table telemetry.reading_day set (fillfactor = 50);

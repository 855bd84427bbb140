SELECT count(*) FROM automated;

-- Has PostgreSQL look at what the tables of shifts hold now. A statement of a file can be prepared, ANALYZE itself cannot.
create function schedule.learn_sizes() returns void language plpgsql as $$
begin
  analyze schedule.shift, schedule.agent_schedule;
end
$$;

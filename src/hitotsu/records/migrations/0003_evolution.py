from typing import ClassVar

from django.db import migrations

# A history outlives its record, and may come before it: then this row says of what it is the history.
CREATE = """
CREATE TABLE records_evolution (
    owner_id integer NOT NULL,
    id text NOT NULL COLLATE "C",
    types text[] NOT NULL,
    scope text[],
    visibility smallint NOT NULL DEFAULT 2 CHECK (visibility BETWEEN 0 AND 3),
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (owner_id, id)
);
CREATE INDEX records_evolution_types ON records_evolution USING gin (types);
ALTER TABLE records_evolution ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON records_evolution USING (records_acts_for(owner_id));

-- Whose history may be seen: of a record while there is one, which alone says how visible it is, and of what is left
-- of it afterwards. The view belongs to the owner of the tables, so the wall is in it and not behind it: a record
-- that the caller may not see must still hide the row that stands in for it.
CREATE VIEW records_evolving AS
SELECT owner_id, id, types, scope, visibility, created_at, modified_at, expires_at, NULL::timestamptz AS deleted_at
FROM records_record WHERE records_may_see(owner_id, visibility)
UNION ALL
SELECT e.owner_id, e.id, e.types, e.scope, e.visibility, e.created_at, e.modified_at, NULL, e.deleted_at
FROM records_evolution AS e
WHERE records_may_see(e.owner_id, e.visibility)
    AND NOT EXISTS (SELECT FROM records_record AS r WHERE r.owner_id = e.owner_id AND r.id = e.id);
GRANT SELECT ON records_evolving TO hitotsu_app;

-- Values are read through this view: whether they may be seen is asked once of their record, not of each of them, as
-- a policy would have it. Of the table itself a reader sees what is its own.
CREATE VIEW records_told AS
SELECT h.* FROM records_history AS h JOIN records_evolving AS v ON v.owner_id = h.owner_id AND v.id = h.record_id;
GRANT SELECT ON records_told TO hitotsu_app;
DROP POLICY seen ON records_history;
-- Partitions are reached through the table that they are parts of; asked themselves, they show nothing.
ALTER TABLE records_history_default ENABLE ROW LEVEL SECURITY;

-- Makes the partition of the month (UTC) that holds the moment, and moves there what waited in the default partition.
-- The application may have months made two years back and three ahead; other times stay in the default partition,
-- for nobody shall make thousands of partitions by sending odd dates.
CREATE FUNCTION records_history_month(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    low timestamptz := date_trunc('month', moment);
    high timestamptz := date_trunc('month', moment) + interval '1 month';
    name text := 'records_history_' || to_char(low, 'YYYY_MM');
BEGIN
    IF moment NOT BETWEEN now() - interval '2 years' AND now() + interval '3 months' THEN
        RETURN false;
    END IF;
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(7120003);
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    LOCK TABLE records_history_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE %I (LIKE records_history INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('WITH moved AS (DELETE FROM records_history_default WHERE at >= $1 AND at < $2 RETURNING *)
        INSERT INTO %I SELECT * FROM moved', name) USING low, high;
    EXECUTE format('ALTER TABLE records_history ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, low, high);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    RETURN true;
END $$;

-- The months that are needed now: this one, the one before, and three ahead.
CREATE FUNCTION records_history_ahead() RETURNS integer LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE records_history_month(moment))::integer
    FROM generate_series(now() - interval '1 month', now() + interval '3 months' - interval '1 day', interval '15 days')
        AS moment
$$;
SELECT records_history_ahead();
"""
DROP = """
DROP FUNCTION records_history_ahead();
DROP FUNCTION records_history_month(timestamptz);
DROP VIEW records_told;
CREATE POLICY seen ON records_history FOR SELECT USING (EXISTS (
    SELECT FROM records_record AS r WHERE r.owner_id = records_history.owner_id AND r.id = record_id
));
DROP VIEW records_evolving;
DROP TABLE records_evolution;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("records", "0002_outbox")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(CREATE, DROP)]

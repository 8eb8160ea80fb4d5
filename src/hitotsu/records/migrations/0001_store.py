import re
from pathlib import Path
from typing import ClassVar

from django.db import migrations

# The hot tables have no Django models: the data plane speaks SQL to them, and they carry things that the ORM
# has no words for (partitions, boxes, transaction ids). The owner organisation comes first in every key, so
# that the tables can be partitioned or distributed by it. There is no foreign key to the organisation: its
# row would be locked by every insert of every record; `records.commands` checks the owner instead.
CREATE = """
CREATE TABLE records_record (
    owner_id integer NOT NULL,
    id text NOT NULL COLLATE "C",
    types text[] NOT NULL,
    attributes jsonb NOT NULL,
    scope text[],
    visibility smallint NOT NULL DEFAULT 2 CHECK (visibility BETWEEN 0 AND 3),
    extent box,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (owner_id, id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX records_record_types ON records_record USING gin (types);
CREATE INDEX records_record_extent ON records_record USING gist (extent) WHERE extent IS NOT NULL;
CREATE INDEX records_record_expiry ON records_record (expires_at) WHERE expires_at IS NOT NULL;

-- One row per value that an attribute had: when it was observed (or recorded), and as a number where it is one.
CREATE TABLE records_history (
    owner_id integer NOT NULL,
    record_id text NOT NULL COLLATE "C",
    attribute text NOT NULL COLLATE "C",
    at timestamptz NOT NULL,
    instance_id uuid NOT NULL DEFAULT gen_random_uuid(),
    dataset text NOT NULL DEFAULT '' COLLATE "C",
    instance jsonb,
    number double precision,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, record_id, attribute, at, instance_id)
) PARTITION BY RANGE (at);
CREATE TABLE records_history_default PARTITION OF records_history DEFAULT;

-- What happened to records, in the order of transactions; readers stop below the oldest one in flight.
CREATE TABLE records_change (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ordinal bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    owner_id integer NOT NULL,
    record_id text NOT NULL COLLATE "C",
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 2),
    at timestamptz NOT NULL,
    attributes text[] NOT NULL,
    previous jsonb,
    PRIMARY KEY (owner_id, xid, ordinal)
);
CREATE INDEX records_change_feed ON records_change (xid, ordinal);

-- How far each reader of the feed has come.
CREATE TABLE records_feedreader (
    name text PRIMARY KEY,
    xid xid8 NOT NULL,
    ordinal bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

-- The second wall: whatever a query forgets, a row is seen only by whom it may be seen by. The data plane says
-- for whom it acts (`hitotsu.owners`, comma-separated) and whether it may see what is shared (`hitotsu.shared`).
CREATE FUNCTION records_acts_for(owner integer) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT owner = ANY (string_to_array(nullif(current_setting('hitotsu.owners', true), ''), ',')::integer[])
$$;
CREATE FUNCTION records_may_see(owner integer, visibility smallint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT visibility = 0
        OR (visibility = 1 AND current_setting('hitotsu.shared', true) = 'on')
        OR records_acts_for(owner)
$$;
ALTER TABLE records_record ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON records_record FOR SELECT USING (records_may_see(owner_id, visibility));
CREATE POLICY added ON records_record FOR INSERT WITH CHECK (records_acts_for(owner_id));
CREATE POLICY changed ON records_record FOR UPDATE USING (records_acts_for(owner_id));
CREATE POLICY removed ON records_record FOR DELETE USING (records_acts_for(owner_id));
ALTER TABLE records_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON records_history USING (records_acts_for(owner_id));
CREATE POLICY seen ON records_history FOR SELECT USING (EXISTS (
    SELECT FROM records_record AS r WHERE r.owner_id = records_history.owner_id AND r.id = record_id
));
ALTER TABLE records_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON records_change USING (records_acts_for(owner_id));
"""
DROP = """
DROP TABLE records_feedreader, records_change, records_history, records_record;
DROP FUNCTION records_may_see(integer, smallint);
DROP FUNCTION records_acts_for(integer);
"""


FUNCTIONS = Path(__file__).parents[1] / "query" / "functions.sql"
FUNCTION_NAMES = re.findall(r"^CREATE FUNCTION (\w+)\(([^)]*)\)", FUNCTIONS.read_text(), re.MULTILINE)
DROP_FUNCTIONS = "\n".join(f"DROP FUNCTION {name} CASCADE;" for name, _ in reversed(FUNCTION_NAMES))


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(FUNCTIONS.read_text(), DROP_FUNCTIONS),
        migrations.RunSQL(CREATE, DROP),
    ]

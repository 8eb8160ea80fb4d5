from typing import ClassVar

from django.db import migrations

CREATE = """
-- What the platform itself does for everybody (matching changes, delivering, reading the feed) says so; callers never do.
CREATE FUNCTION records_works_for_all() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('hitotsu.works_for_all', true) = 'on'
$$;

CREATE TABLE records_subscription (
    owner_id integer NOT NULL,
    id text NOT NULL COLLATE "C",
    face text NOT NULL,
    definition jsonb NOT NULL,
    active boolean NOT NULL DEFAULT true,
    expires_at timestamptz,
    throttling double precision NOT NULL DEFAULT 0,
    every double precision NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT '-infinity',
    taken_by integer,
    failing integer NOT NULL DEFAULT 0,
    times_sent bigint NOT NULL DEFAULT 0,
    times_failed bigint NOT NULL DEFAULT 0,
    last_sent timestamptz,
    last_success timestamptz,
    last_failure timestamptz,
    last_reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    modified_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, id)
) WITH (fillfactor = 50);

-- One row per notification that is owed. A throttled subscription owes each record's latest state once: its slot.
-- There is no foreign key to the subscription: each change would lock its row.
CREATE TABLE records_delivery (
    owner_id integer NOT NULL,
    subscription_id text NOT NULL COLLATE "C",
    number bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    revision integer NOT NULL DEFAULT 0,
    record_id text NOT NULL COLLATE "C",
    slot text COLLATE "C",
    content jsonb NOT NULL,
    at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    dead boolean NOT NULL DEFAULT false,
    reason text,
    PRIMARY KEY (owner_id, subscription_id, number)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE UNIQUE INDEX records_delivery_slot ON records_delivery (owner_id, subscription_id, slot)
    WHERE slot IS NOT NULL AND NOT dead;
CREATE INDEX records_delivery_owed ON records_delivery (owner_id, subscription_id, number) WHERE NOT dead;

-- Which state of the subscriptions a process must know before it matches a change against them.
CREATE TABLE records_subscriptionversion (single boolean PRIMARY KEY DEFAULT true CHECK (single), number bigint NOT NULL);
INSERT INTO records_subscriptionversion (number) VALUES (1);
CREATE FUNCTION records_count_subscriptionversion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE records_subscriptionversion SET number = number + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER counted AFTER INSERT OR DELETE OR UPDATE OF definition, active, expires_at, throttling
    ON records_subscription FOR EACH STATEMENT EXECUTE FUNCTION records_count_subscriptionversion();

ALTER TABLE records_subscription ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON records_subscription USING (records_acts_for(owner_id) OR records_works_for_all());
ALTER TABLE records_delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON records_delivery USING (records_acts_for(owner_id) OR records_works_for_all());
CREATE POLICY fed ON records_change FOR SELECT USING (records_works_for_all());

-- A reader goes through the feed window by window: from `xid` to below `upto`, in the order of ordinals.
ALTER TABLE records_feedreader ADD COLUMN upto xid8 NOT NULL DEFAULT '0';
"""
DROP = """
ALTER TABLE records_feedreader DROP COLUMN upto;
DROP POLICY fed ON records_change;
DROP TABLE records_delivery, records_subscription, records_subscriptionversion;
DROP FUNCTION records_count_subscriptionversion();
DROP FUNCTION records_works_for_all();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("records", "0001_store")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(CREATE, DROP)]

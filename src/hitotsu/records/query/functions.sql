-- What queries and their indexes are made of. Core PostgreSQL 15, immutable, no locale: the answer is the same in
-- every database, and the planner writes the bodies into the query.

-- A time as a text that sorts like the time; the same as instants.py.
CREATE FUNCTION records_instant(written text, kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN kind = 'datetime' AND written ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]{1,6})?Z$'
        THEN left(written, 19) || '.' || rpad(rtrim(substr(written, 21), 'Z'), 6, '0')
    WHEN kind = 'date' AND written ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN written
    WHEN kind = 'time' AND written ~ '^[0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]{1,6})?Z$'
        THEN left(written, 8) || '.' || rpad(rtrim(substr(written, 10), 'Z'), 6, '0')
END;

-- The value of an attribute that says everything with one plain value: one instance, a Property, no list or object.
CREATE FUNCTION records_plain(attributes jsonb, attribute text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN jsonb_array_length(attributes -> attribute) = 1
        AND attributes -> attribute -> 0 ->> 'type' = 'Property'
        AND jsonb_typeof(attributes -> attribute -> 0 -> 'value') NOT IN ('array', 'object')
        THEN attributes -> attribute -> 0 -> 'value'
END;

-- The attribute is there and says more than that: the whole condition must be asked.
CREATE FUNCTION records_irregular(attributes jsonb, attribute text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN attributes ? attribute AND records_plain(attributes, attribute) IS NULL;

CREATE FUNCTION records_number(attributes jsonb, attribute text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN jsonb_typeof(records_plain(attributes, attribute)) = 'number'
        THEN (records_plain(attributes, attribute))::numeric
END;

CREATE FUNCTION records_text(attributes jsonb, attribute text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN jsonb_typeof(records_plain(attributes, attribute)) = 'string'
        THEN records_plain(attributes, attribute) #>> '{}'
END;

CREATE FUNCTION records_moment(attributes jsonb, attribute text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN records_instant(records_text(attributes, attribute), 'datetime');

-- The box around every geometry of an attribute; NULL where it has none.
CREATE FUNCTION records_extent(attributes jsonb, attribute text) RETURNS box
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT box(point(min((place ->> 0)::float8), min((place ->> 1)::float8)),
               point(max((place ->> 0)::float8), max((place ->> 1)::float8)))
    FROM jsonb_array_elements(attributes -> attribute) AS instance,
         jsonb_path_query(instance -> 'value', CASE instance -> 'value' ->> 'type'
             WHEN 'Point' THEN '$.coordinates'::jsonpath
             WHEN 'MultiPoint' THEN 'strict $.coordinates[*]'
             WHEN 'LineString' THEN 'strict $.coordinates[*]'
             WHEN 'MultiLineString' THEN 'strict $.coordinates[*][*]'
             WHEN 'Polygon' THEN 'strict $.coordinates[*][*]'
             WHEN 'MultiPolygon' THEN 'strict $.coordinates[*][*][*]'
             ELSE 'strict $ ? (false == true)'
         END, '{}', true) AS place
    WHERE jsonb_typeof(place -> 0) = 'number' AND jsonb_typeof(place -> 1) = 'number'
);

-- Whether a box is a single point, exactly (PostgreSQL's own operators on boxes have a slack).
CREATE FUNCTION records_is_point(extent box) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extent[0])[0] = (extent[1])[0] AND (extent[0])[1] = (extent[1])[1];

-- Metres along the sphere from a point to the nearest point of a box (of one that crosses no antimeridian).
CREATE FUNCTION records_distance(extent box, longitude float8, latitude float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN extent IS NOT NULL THEN 2 * 6371008.8 * asin(sqrt(least(1.0,
    power(sin(radians(greatest((extent[1])[1], least((extent[0])[1], latitude)) - latitude) / 2), 2)
    + cos(radians(latitude)) * cos(radians(greatest((extent[1])[1], least((extent[0])[1], latitude))))
    * power(sin(radians(greatest((extent[1])[0], least((extent[0])[0], longitude)) - longitude) / 2), 2)
))) END;

-- A value's place among the kinds of values in an order, and what it is ordered by within its kind.
CREATE FUNCTION records_rank(ordered jsonb) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(ordered)
    WHEN 'number' THEN 0
    WHEN 'object' THEN 2
    WHEN 'array' THEN 3
    WHEN 'boolean' THEN 4
    WHEN 'string' THEN CASE
        WHEN records_instant(ordered #>> '{}', 'time') IS NOT NULL THEN 5
        WHEN records_instant(ordered #>> '{}', 'date') IS NOT NULL THEN 6
        WHEN records_instant(ordered #>> '{}', 'datetime') IS NOT NULL THEN 7
        ELSE 1 END
    END::smallint;

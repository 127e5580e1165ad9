-- What the schemes in force ask of things and places, worked out anew for some of them: NULL stands for all.
-- Equipment in use or idle, by the code of its category or one above it; places in use, by use, kind and fire class.
-- Due: the latest record (else the first day in use) plus the interval that fits its age then, and never later than the certificate says.
CREATE OR REPLACE FUNCTION assets_refresh_requirements(things bigint[], places bigint[], schemes bigint[], at timestamptz DEFAULT now())
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH live AS (
        SELECT v.id AS version_id, v.scheme_id, s.target FROM assets_schemeversion v JOIN assets_scheme s ON s.id = v.scheme_id
        WHERE v.during @> at AND (schemes IS NULL OR v.scheme_id = ANY(schemes))
    ), asked AS (
        SELECT DISTINCT live.version_id, live.scheme_id, live.target, i.action FROM live JOIN assets_schemeinterval i USING (version_id)
    ), thing AS (
        SELECT DISTINCT e.id AS equipment_id, NULL::bigint AS place_id, e.place_id AS stands_at_id, r.scheme_id, e.commissioned_on AS began,
            p.fire_class, coalesce(e.attributes ->> 'agent', 'none') AS agent, e.attributes ->> 'safety_grade' AS grade
        FROM assets_schemerule r
        JOIN assets_scheme s ON s.id = r.scheme_id AND s.target = 'equipment'
        JOIN assets_equipmentcategory top ON top.code = r.category_code
        JOIN assets_equipmentcategory c ON c.ancestors @> ARRAY[top.id]
        JOIN assets_equipment e ON e.category_id = c.id AND e.status IN ('in_service', 'idle')
        JOIN campus_place p ON p.id = e.place_id
        WHERE r.active AND (schemes IS NULL OR r.scheme_id = ANY(schemes)) AND (things IS NULL OR e.id = ANY(things))
            AND (r.attribute = '' OR e.attributes ->> r.attribute = r.attribute_value)
            AND r.place_use IN ('', p.use) AND r.place_kind IN ('', p.kind) AND r.fire_class IN ('', p.fire_class)
        UNION
        SELECT NULL, p.id, p.id, r.scheme_id, coalesce(make_date(p.year_built, 1, 1), lower(p.valid)), p.fire_class, 'none', NULL
        FROM assets_schemerule r
        JOIN assets_scheme s ON s.id = r.scheme_id AND s.target = 'place'
        JOIN campus_place p ON r.place_use IN ('', p.use) AND r.place_kind IN ('', p.kind) AND r.fire_class IN ('', p.fire_class)
        WHERE r.active AND r.category_code = '' AND (schemes IS NULL OR r.scheme_id = ANY(schemes))
            AND (places IS NULL OR p.id = ANY(places)) AND p.valid @> at::date
    ), known AS (
        SELECT t.equipment_id, t.place_id, t.stands_at_id, t.scheme_id, t.began, t.fire_class, t.agent, a.action, a.version_id,
            last.id AS basis_id, last.valid_until,
            -- what has to be replaced was new on its first day, so nothing is missing
            coalesce(last.result, CASE WHEN a.action = 'replace' AND t.began IS NOT NULL THEN 'pass' ELSE '' END) AS result,
            coalesce(last.grade::text, t.grade, 'none') AS grade, coalesce(last.performed_on, t.began) AS base
        FROM thing t JOIN asked a USING (scheme_id)
        LEFT JOIN LATERAL (
            SELECT found.* FROM (
                SELECT d.* FROM assets_statutoryrecord d
                WHERE d.equipment_id = t.equipment_id AND d.scheme_id = t.scheme_id AND d.action = a.action
                UNION ALL
                SELECT d.* FROM assets_statutoryrecord d
                WHERE d.place_id = t.place_id AND d.scheme_id = t.scheme_id AND d.action = a.action
            ) found
            WHERE NOT EXISTS (SELECT 1 FROM assets_statutoryrecord later WHERE later.supersedes_id = found.id)
            ORDER BY found.performed_on DESC, found.id DESC LIMIT 1
        ) last ON true
    ), wanted AS (
        SELECT k.*, i.id AS interval_id, CASE WHEN k.result = 'fail' THEN k.base ELSE least(
            (k.base + CASE i.unit WHEN 'day' THEN make_interval(days => i.every) WHEN 'week' THEN make_interval(weeks => i.every)
                WHEN 'half_month' THEN make_interval(days => 15 * i.every) ELSE make_interval(months => i.every) END)::date,
            k.valid_until) END AS next_due_on
        FROM known k
        LEFT JOIN assets_schemeinterval i ON i.version_id = k.version_id AND i.action = k.action
            AND i.value = CASE i.by WHEN 'grade' THEN k.grade WHEN 'fire_class' THEN k.fire_class WHEN 'agent' THEN k.agent ELSE '' END
            AND CASE WHEN k.began IS NULL THEN i.ages = int4range(0, NULL)
                ELSE i.ages @> greatest(0, extract(year FROM age(k.base, k.began)) * 12 + extract(month FROM age(k.base, k.began)))::int END
    ), gone AS (
        DELETE FROM assets_requirement q WHERE (schemes IS NULL OR q.scheme_id = ANY(schemes))
            AND (q.equipment_id IS NULL OR things IS NULL OR q.equipment_id = ANY(things))
            AND (q.place_id IS NULL OR places IS NULL OR q.place_id = ANY(places))
            AND NOT EXISTS (SELECT 1 FROM wanted w WHERE (w.scheme_id, w.action, coalesce(w.equipment_id, 0), coalesce(w.place_id, 0))
                = (q.scheme_id, q.action, coalesce(q.equipment_id, 0), coalesce(q.place_id, 0)))
    )
    INSERT INTO assets_requirement AS q (equipment_id, place_id, stands_at_id, scheme_id, action, interval_id, basis_id, result, next_due_on)
    SELECT equipment_id, place_id, stands_at_id, scheme_id, action, interval_id, basis_id, result, next_due_on
    FROM wanted ORDER BY equipment_id, place_id, scheme_id, action
    ON CONFLICT (equipment_id, place_id, scheme_id, action) DO UPDATE SET stands_at_id = EXCLUDED.stands_at_id,
        interval_id = EXCLUDED.interval_id, basis_id = EXCLUDED.basis_id, result = EXCLUDED.result, next_due_on = EXCLUDED.next_due_on
    WHERE (q.stands_at_id, q.interval_id, q.basis_id, q.result, q.next_due_on) IS DISTINCT FROM
        (EXCLUDED.stands_at_id, EXCLUDED.interval_id, EXCLUDED.basis_id, EXCLUDED.result, EXCLUDED.next_due_on);
END $$;

CREATE OR REPLACE FUNCTION assets_requirements_of_equipment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE things bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO things FROM new_rows;
    ELSE  -- locking a thing or naming its keeper asks nothing new
        SELECT array_agg(n.id) INTO things FROM new_rows n JOIN old_rows o USING (id)
        WHERE (n.category_id, n.place_id, n.status, n.commissioned_on, n.attributes)
            IS DISTINCT FROM (o.category_id, o.place_id, o.status, o.commissioned_on, o.attributes);
    END IF;
    IF things IS NOT NULL THEN PERFORM assets_refresh_requirements(things, '{}', NULL); END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION assets_requirements_of_places() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO changed FROM new_rows;
    ELSE
        SELECT array_agg(n.id) INTO changed FROM new_rows n JOIN old_rows o USING (id)
        WHERE (n.use, n.kind, n.fire_class, n.valid, n.year_built) IS DISTINCT FROM (o.use, o.kind, o.fire_class, o.valid, o.year_built);
    END IF;
    IF changed IS NOT NULL THEN
        PERFORM assets_refresh_requirements(
            coalesce((SELECT array_agg(e.id) FROM assets_equipment e WHERE e.place_id = ANY(changed)), '{}'), changed, NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION assets_requirements_of_categories() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE things bigint[];
BEGIN
    SELECT array_agg(e.id) INTO things FROM new_rows n JOIN old_rows o USING (id) JOIN assets_equipmentcategory c ON c.ancestors @> ARRAY[n.id]
        JOIN assets_equipment e ON e.category_id = c.id
    WHERE (n.code, n.ancestors) IS DISTINCT FROM (o.code, o.ancestors);
    IF things IS NOT NULL THEN PERFORM assets_refresh_requirements(things, '{}', NULL); END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION assets_requirements_of_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM assets_refresh_requirements(
        coalesce((SELECT array_agg(DISTINCT equipment_id) FROM new_rows WHERE equipment_id IS NOT NULL), '{}'),
        coalesce((SELECT array_agg(DISTINCT place_id) FROM new_rows WHERE place_id IS NOT NULL), '{}'),
        (SELECT array_agg(DISTINCT scheme_id) FROM new_rows));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION assets_requirements_of_schemes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed bigint[];
BEGIN
    IF TG_TABLE_NAME = 'assets_scheme' THEN SELECT array_agg(DISTINCT id) INTO changed FROM touched;
    ELSIF TG_TABLE_NAME = 'assets_schemeinterval' THEN
        SELECT array_agg(DISTINCT v.scheme_id) INTO changed FROM touched JOIN assets_schemeversion v ON v.id = touched.version_id;
    ELSE SELECT array_agg(DISTINCT scheme_id) INTO changed FROM touched; END IF;
    IF changed IS NOT NULL THEN PERFORM assets_refresh_requirements(NULL, NULL, changed); END IF;
    RETURN NULL;
END $$;

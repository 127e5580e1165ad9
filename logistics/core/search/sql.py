"""The SQL functions of search: fold, readings, search text, tokens, and the refresh of a table after they changed."""

CREATE = r"""
CREATE FUNCTION hq_fold(content text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace(
        btrim(regexp_replace(upper(translate(normalize(content, NFKC), '<>', '  ')), '[\s\x01-\x1f\x7f]+', ' ', 'g')),
        '([一-鿿]) (?=[0-9A-Z])', '\1', 'g'), '([0-9A-Z]) (?=[一-鿿])', '\1', 'g')
$$;
COMMENT ON FUNCTION hq_fold(text) IS 'Full-width as half-width, capitals, single spaces, none between Chinese and other letters';

CREATE FUNCTION hq_pinyin(folded text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(coalesce(string_agg(
        CASE c.letter WHEN E'\n' THEN E'\n' ELSE coalesce((SELECT '<' || p.readings FROM core_pinyin p WHERE p.letter = c.letter), ' ') END,
        '' ORDER BY c.place), ''), '\s*\n\s*', E'\n', 'g')
    FROM regexp_split_to_table(regexp_replace(left(folded, 300), '[^一-鿿\n]+', ' ', 'g'), '') WITH ORDINALITY AS c(letter, place)
$$;
COMMENT ON FUNCTION hq_pinyin(text) IS 'The lines of a text in pinyin, each character with all its readings, of the first 300 characters';

CREATE FUNCTION hq_search_text(names text[], also text[]) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT line || hq_pinyin(line) FROM (
        SELECT E'\n' || coalesce((
            SELECT string_agg(name, E'\n' ORDER BY place)
            FROM (SELECT hq_fold(n.name) AS name, min(n.place) AS place FROM unnest(names) WITH ORDINALITY AS n(name, place)
                  WHERE n.name <> '' GROUP BY 1) AS folded
        ), '') || E'\n ' || concat_ws(' ', (SELECT string_agg(hq_fold(a.content), ' ' ORDER BY a.place)
                                            FROM unnest(also) WITH ORDINALITY AS a(content, place)),
            CASE WHEN names[1] LIKE '%-%' THEN hq_fold(replace(names[1], '-', '')) END) || E'\n' AS line
    ) AS lines
$$;
COMMENT ON FUNCTION hq_search_text(text[], text[]) IS
    'What a record is found by: a line for the number, one for each name, one for the rest, then the same in pinyin';

CREATE FUNCTION hq_tokens(search_text text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 400 AS $$
    WITH words AS MATERIALIZED (SELECT word FROM string_to_table(translate(search_text, E'\n', ' '), ' ') AS word WHERE word <> '')
    SELECT array_to_tsvector(coalesce(array_agg(token), '{}')) FROM (
        SELECT substr(word, place, 2) AS token FROM words, generate_series(1, length(word)) AS place WHERE word NOT LIKE '<%'
        UNION ALL
        SELECT substr(word, place, 4) FROM words, generate_series(1, length(word) - 3) AS place WHERE word NOT LIKE '<%' AND word ~ '[0-9]'
        UNION ALL
        SELECT '<' || reading FROM words, string_to_table(translate(substr(word, 2), '<', ','), ',') AS reading WHERE word LIKE '<%'
        UNION ALL
        SELECT '>' || one || two
        FROM words,
            LATERAL (SELECT string_to_array(substr(regexp_replace(word, '([<,])([A-Z])[A-Z]*', '\1\2', 'g'), 2), '<') AS initials) AS i,
            unnest(initials[1 : cardinality(initials) - 1], initials[2 :]) AS pair(ones, twos),
            string_to_table(ones, ',') AS one, string_to_table(twos, ',') AS two
        WHERE word LIKE '<%'
    ) AS found
$$;
COMMENT ON FUNCTION hq_tokens(text) IS
    'What the index knows of a search text: pairs of characters, four characters of numbers, syllables, pairs of initials';

CREATE FUNCTION hq_search_refresh(relation regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE field name; done bigint;
BEGIN
    SELECT a.attname INTO STRICT field
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = nullif(regexp_replace(t.tgattr::text, '^.* ', ''), '')::int2
    WHERE t.tgrelid = relation AND p.prosrc LIKE '%hq_search_text%';
    EXECUTE format('UPDATE %s SET %I = %I', relation, field, field);
    GET DIAGNOSTICS done = ROW_COUNT;
    RETURN done;
END $$;
COMMENT ON FUNCTION hq_search_refresh(regclass) IS 'Writes the search text of every row of a table again; the number of rows';
"""
DROP = """
DROP FUNCTION hq_search_refresh(regclass);
DROP FUNCTION hq_tokens(text);
DROP FUNCTION hq_search_text(text[], text[]);
DROP FUNCTION hq_pinyin(text);
DROP FUNCTION hq_fold(text);
"""


def refreshed(table: str) -> tuple[str, str]:
    """The statement of a migration that writes the search text of a table again, and its undoing."""
    return f"SELECT hq_search_refresh('{table}')", "SELECT 1"

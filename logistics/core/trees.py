"""Trees with an `ancestors` index (own id last), written by triggers only: no cycle is ever stored, whoever moves what.

One advisory lock per table, shared for inserts and exclusive for moves, taken before each statement: row locks would deadlock
when two people move branches crosswise.
"""
from __future__ import annotations

import pgtrigger


def tree_triggers(table: str) -> list[pgtrigger.Trigger]:
    """The triggers that keep `ancestors` of a table with `parent_id`."""
    lock = f"hashtext('tree:{table}')"
    return [
        pgtrigger.Trigger(
            name="tree_insert_lock", operation=pgtrigger.Insert, when=pgtrigger.Before, level=pgtrigger.Statement,
            func=f"PERFORM pg_advisory_xact_lock_shared({lock}); RETURN NULL;",
        ),
        pgtrigger.Trigger(
            name="tree_move_lock", operation=pgtrigger.UpdateOf("parent_id"), when=pgtrigger.Before, level=pgtrigger.Statement,
            func=f"PERFORM pg_advisory_xact_lock({lock}); RETURN NULL;",
        ),
        pgtrigger.Trigger(
            name="tree_path", operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"), when=pgtrigger.Before,
            declare=[("above", "bigint[]")],
            func=f"""
                IF NEW.parent_id IS NULL THEN above := ARRAY[]::bigint[];
                ELSE
                    SELECT ancestors INTO above FROM {table} WHERE id = NEW.parent_id;
                    IF NEW.id = ANY(above) OR NEW.id = NEW.parent_id THEN
                        RAISE EXCEPTION 'tree_cycle' USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_cycle';
                    END IF;
                END IF;
                NEW.ancestors := coalesce(above, ARRAY[]::bigint[]) || NEW.id;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="tree_follow", operation=pgtrigger.UpdateOf("parent_id"), when=pgtrigger.After,
            condition=pgtrigger.Condition("NEW.parent_id IS DISTINCT FROM OLD.parent_id"),
            func=f"""
                UPDATE {table} SET ancestors = NEW.ancestors || ancestors[cardinality(OLD.ancestors) + 1:]
                WHERE ancestors @> ARRAY[NEW.id] AND id <> NEW.id;
                RETURN NULL;
            """,
        ),
    ]

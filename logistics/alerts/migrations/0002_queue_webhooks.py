"""An event and what other systems are told of it commit together."""
from django.db import migrations

# A drill tells no other system; and whoever asks for a kind of alert hears what becomes of it, not each call of its chain.
QUEUE_WEBHOOKS = """
CREATE FUNCTION alerts_queue_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO alerts_webhookdelivery (subscription_id, event_id, uid, kind, state, tries, next_at, created_at, give_up_at, answer)
    SELECT s.id, e.id, gen_random_uuid(),
        CASE WHEN a.kind IS NOT NULL AND NOT s.kinds && ARRAY[e.kind || '.' || e.move, e.kind || '.*']::varchar[]
            THEN 'alert:' || a.kind ELSE e.kind || '.' || e.move END,
        'queued', 0, e.recorded_at, e.recorded_at, e.recorded_at + interval '24 hours', ''
    FROM written e
    JOIN alerts_webhooksubscription s ON s.state = 'active'
    LEFT JOIN alerts_alert a ON e.kind = 'alerts.alert' AND a.id = e.object_id
    WHERE NOT coalesce(a.drill, false) AND (
        s.kinds && ARRAY[e.kind || '.' || e.move, e.kind || '.*']::varchar[]
        OR ('alert:' || a.kind)::varchar = ANY(s.kinds) AND e.move NOT IN (
            'called', 'skipped_empty', 'skipped_hours', 'chain_held', 'chain_done', 'chain_failed', 'repeated', 'handler_failed')
    )
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM pg_notify('houqin_outbox', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER queue_webhooks AFTER INSERT ON core_event REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION alerts_queue_webhooks();
"""
FORGET_WEBHOOKS = "DROP TRIGGER queue_webhooks ON core_event; DROP FUNCTION alerts_queue_webhooks();"


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("core", "0002_initial")]

    operations = [migrations.RunSQL(QUEUE_WEBHOOKS, FORGET_WEBHOOKS)]

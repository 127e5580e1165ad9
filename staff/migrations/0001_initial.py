import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import logistics.core.bilingual
import logistics.core.clock
import logistics.core.migrating
import logistics.core.search.declaring
import pghistory.utils
import pgtrigger.compiler
import staff.models.roster
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Leave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('annual', 'Annual leave'), ('sick', 'Sick leave'), ('personal', 'Personal leave'), ('other', 'Other')], default='annual', max_length=8, verbose_name='kind')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('approved', 'Approved'), ('refused', 'Not approved'), ('withdrawn', 'Withdrawn')], default='asked', editable=False, max_length=9, verbose_name='state')),
                ('asked_at', models.DateTimeField(default=logistics.core.clock.now, editable=False, verbose_name='asked at')),
            ],
            options={
                'verbose_name': 'leave',
                'verbose_name_plural': 'leave',
                'ordering': ['-first_day'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='leave_days', violation_error_message='The last day is before the first.')],
            },
        ),
        migrations.CreateModel(
            name='CertificateType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=60, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=60, verbose_name='English name')),
                ('issuer', models.CharField(choices=[('external', 'Authority'), ('internal', 'School')], default='external', max_length=8, verbose_name='issued by')),
                ('validity_months', models.SmallIntegerField(blank=True, null=True, verbose_name='valid for (months)')),
            ],
            options={
                'verbose_name': 'certificate type',
                'verbose_name_plural': 'certificate types',
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('validity_months__isnull', True), ('validity_months__gte', 1), _connector='OR'), name='certificate_type_months')],
            },
            bases=(logistics.core.bilingual.Named, models.Model),
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, verbose_name='number')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='issued on')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(help_text='The last day on which it counts.', verbose_name='valid until')),
                ('state', models.CharField(choices=[('pending', 'To be verified'), ('valid', 'Valid'), ('rejected', 'Turned down'), ('revoked', 'Revoked')], default='pending', editable=False, max_length=8, verbose_name='state')),
                ('verified_at', models.DateTimeField(editable=False, null=True, verbose_name='verified at')),
                ('added_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renewal', to='staff.certificate', verbose_name='renews')),
                ('verified_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verified by')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='staff.certificatetype', verbose_name='certificate type')),
            ],
            options={
                'verbose_name': 'certificate',
                'verbose_name_plural': 'certificates',
                'ordering': ['valid_until'],
                'indexes': [models.Index(condition=models.Q(('state', 'valid')), fields=['valid_until'], name='certificate_ends')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'rejected'), _negated=True), fields=('type', 'number'), name='certificate_once', violation_error_message='This certificate is already recorded.'), models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='certificate_days', violation_error_message='The last day is before the first.'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'rejected']), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), _connector='OR'), name='certificate_verified'), models.CheckConstraint(condition=models.Q(('verified_by__isnull', True), ('added_by__isnull', True), models.Q(('verified_by', models.F('added_by')), _negated=True), _connector='OR'), name='certificate_second_person')],
            },
        ),
        migrations.CreateModel(
            name='CertificateTypeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('name_zh', models.CharField(max_length=60, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=60, verbose_name='English name')),
                ('issuer', models.CharField(choices=[('external', 'Authority'), ('internal', 'School')], default='external', max_length=8, verbose_name='issued by')),
                ('validity_months', models.SmallIntegerField(blank=True, null=True, verbose_name='valid for (months)')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.certificatetype')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RosterPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('closed', 'Archived')], default='draft', editable=False, max_length=9, verbose_name='state')),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published at')),
                ('team', models.ForeignKey(limit_choices_to={'kind': 'team'}, on_delete=django.db.models.deletion.PROTECT, related_name='rosters', to='accounts.department', verbose_name='team')),
            ],
            options={
                'verbose_name': 'roster',
                'verbose_name_plural': 'rosters',
                'ordering': ['-first_day'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='roster_days', violation_error_message='The last day is before the first.'), models.CheckConstraint(condition=models.Q(('last_day__lt', django.db.models.expressions.CombinedExpression(models.F('first_day'), '+', models.Value(datetime.timedelta(days=42))))), name='roster_42_days', violation_error_message='A roster covers at most 42 days.'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('published_at__isnull', False), _connector='OR'), name='roster_published_when'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('team', '='), (staff.models.roster.Days('first_day', 'last_day', models.Value('[]')), '&&')], name='roster_one_a_day', violation_error_message='This team already has a roster for these days.')],
            },
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('work', 'At work'), ('on_call', 'On call')], default='work', max_length=7, verbose_name='kind')),
                ('start', models.DateTimeField(verbose_name='starts at')),
                ('end', models.DateTimeField(verbose_name='ends at')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('started', 'On duty'), ('done', 'Done'), ('absent', 'Absent'), ('cancelled', 'Cancelled')], default='planned', editable=False, max_length=9, verbose_name='state')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='staff.rosterperiod', verbose_name='roster')),
            ],
            options={
                'verbose_name': 'rostered duty',
                'verbose_name_plural': 'duties',
                'ordering': ['start'],
                'indexes': [models.Index(fields=['period', 'start'], name='duty_period'), models.Index(fields=['start', 'end'], name='duty_span')],
                'constraints': [models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='duty_end_after_start', violation_error_message='The duty ends before it starts.')],
            },
        ),
        migrations.CreateModel(
            name='RosterPeriodEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('closed', 'Archived')], default='draft', editable=False, max_length=9, verbose_name='state')),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published at')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.rosterperiod')),
                ('team', models.ForeignKey(db_constraint=False, limit_choices_to={'kind': 'team'}, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.department', verbose_name='team')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=60, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=60, verbose_name='English name')),
                ('trade', models.CharField(choices=[('electric', 'Electrician'), ('plumbing', 'Plumber'), ('carpentry', 'Carpenter'), ('masonry', 'Mason and painter'), ('hvac', 'Air conditioning and heating'), ('network', 'Low voltage and network'), ('appliance', 'Appliances'), ('lift', 'Lifts'), ('fire', 'Fire equipment'), ('gas', 'Gas'), ('general', 'General repairs')], max_length=10, verbose_name='trade')),
            ],
            options={
                'verbose_name': 'skill',
                'verbose_name_plural': 'skills',
                'ordering': ['code'],
                'indexes': [models.Index(fields=['trade'], name='skill_trade')],
            },
            bases=(logistics.core.bilingual.Named, models.Model),
        ),
        migrations.CreateModel(
            name='SkillEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('name_zh', models.CharField(max_length=60, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=60, verbose_name='English name')),
                ('trade', models.CharField(choices=[('electric', 'Electrician'), ('plumbing', 'Plumber'), ('carpentry', 'Carpenter'), ('masonry', 'Mason and painter'), ('hvac', 'Air conditioning and heating'), ('network', 'Low voltage and network'), ('appliance', 'Appliances'), ('lift', 'Lifts'), ('fire', 'Fire equipment'), ('gas', 'Gas'), ('general', 'General repairs')], max_length=10, verbose_name='trade')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.skill')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StaffMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('search_text', models.TextField(db_default='', default='', editable=False)),
                ('staff_no', models.CharField(max_length=40, unique=True, verbose_name='staff number')),
                ('employment', models.CharField(choices=[('establishment', 'Permanent post'), ('contract', 'Contract'), ('outsourced', 'Outsourced'), ('temporary', 'Temporary'), ('student', 'Student helper')], default='contract', max_length=13, verbose_name='employment')),
                ('joined_on', models.DateField(default=logistics.core.clock.today, verbose_name='joined on')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('employer', models.ForeignKey(blank=True, help_text='Only for outsourced people; empty means the school.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation', verbose_name='employer')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='staff_member', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('team', models.ForeignKey(limit_choices_to={'kind': 'team'}, on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='accounts.department', verbose_name='team')),
            ],
            options={
                'verbose_name': 'staff member',
                'verbose_name_plural': 'staff',
                'ordering': ['staff_no'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='staff_search'), models.Index(fields=['team', 'staff_no'], name='staff_team')],
                'constraints': [models.CheckConstraint(condition=models.Q(('left_on__isnull', True), ('left_on__gte', models.F('joined_on')), _connector='OR'), name='staff_left_after_joining', violation_error_message='The last day is before the first.'), models.CheckConstraint(condition=models.Q(models.Q(('employer__isnull', False), ('employment', 'outsourced')), models.Q(models.Q(('employment', 'outsourced'), _negated=True), ('employer__isnull', True)), _connector='OR'), name='staff_outsourced_has_employer', violation_error_message="Outsourced people have an employer; the school's own have none.")],
            },
        ),
        migrations.CreateModel(
            name='LeaveEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('annual', 'Annual leave'), ('sick', 'Sick leave'), ('personal', 'Personal leave'), ('other', 'Other')], default='annual', max_length=8, verbose_name='kind')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('approved', 'Approved'), ('refused', 'Not approved'), ('withdrawn', 'Withdrawn')], default='asked', editable=False, max_length=9, verbose_name='state')),
                ('asked_at', models.DateTimeField(default=logistics.core.clock.now, editable=False, verbose_name='asked at')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.leave')),
                ('staff', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.staffmember', verbose_name='staff member')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='leave',
            name='staff',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaves', to='staff.staffmember', verbose_name='staff member'),
        ),
        migrations.CreateModel(
            name='DutyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('work', 'At work'), ('on_call', 'On call')], default='work', max_length=7, verbose_name='kind')),
                ('start', models.DateTimeField(verbose_name='starts at')),
                ('end', models.DateTimeField(verbose_name='ends at')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('started', 'On duty'), ('done', 'Done'), ('absent', 'Absent'), ('cancelled', 'Cancelled')], default='planned', editable=False, max_length=9, verbose_name='state')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.duty')),
                ('period', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.rosterperiod', verbose_name='roster')),
                ('staff', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.staffmember', verbose_name='staff member')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='duty',
            name='staff',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='staff.staffmember', verbose_name='staff member'),
        ),
        migrations.CreateModel(
            name='CertificateEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('number', models.CharField(max_length=60, verbose_name='number')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='issued on')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(help_text='The last day on which it counts.', verbose_name='valid until')),
                ('state', models.CharField(choices=[('pending', 'To be verified'), ('valid', 'Valid'), ('rejected', 'Turned down'), ('revoked', 'Revoked')], default='pending', editable=False, max_length=8, verbose_name='state')),
                ('verified_at', models.DateTimeField(editable=False, null=True, verbose_name='verified at')),
                ('added_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.certificate')),
                ('replaces', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.certificate', verbose_name='renews')),
                ('verified_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verified by')),
                ('type', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.certificatetype', verbose_name='certificate type')),
                ('staff', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='staff.staffmember', verbose_name='staff member')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='certificate',
            name='staff',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='staff.staffmember', verbose_name='staff member'),
        ),
        migrations.CreateModel(
            name='StaffMemberEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('staff_no', models.CharField(max_length=40, verbose_name='staff number')),
                ('employment', models.CharField(choices=[('establishment', 'Permanent post'), ('contract', 'Contract'), ('outsourced', 'Outsourced'), ('temporary', 'Temporary'), ('student', 'Student helper')], default='contract', max_length=13, verbose_name='employment')),
                ('joined_on', models.DateField(default=logistics.core.clock.today, verbose_name='joined on')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('employer', models.ForeignKey(blank=True, db_constraint=False, help_text='Only for outsourced people; empty means the school.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='employer')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.staffmember')),
                ('team', models.ForeignKey(db_constraint=False, limit_choices_to={'kind': 'team'}, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.department', verbose_name='team')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StaffSkill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.SmallIntegerField(choices=[(1, '1'), (2, '2'), (3, '3'), (4, '4'), (5, '5')], verbose_name='skill level')),
                ('assessed_on', models.DateField(default=logistics.core.clock.today, verbose_name='assessed on')),
                ('evidence', models.CharField(blank=True, max_length=200, verbose_name='evidence')),
                ('assessor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assessed by')),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holders', to='staff.skill', verbose_name='skill')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='skills', to='staff.staffmember', verbose_name='staff member')),
            ],
            options={
                'verbose_name': 'skill level',
                'verbose_name_plural': 'skill levels',
                'ordering': ['-assessed_on', '-id'],
                'indexes': [models.Index(fields=['staff', 'skill', '-assessed_on', '-id'], name='staff_skill_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 5)), name='staff_skill_level')],
            },
        ),
        migrations.AddConstraint(
            model_name='leave',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state__in', ['asked', 'approved'])), expressions=[('staff', '='), (staff.models.roster.Days('first_day', 'last_day', models.Value('[]')), '&&')], name='leave_once', violation_error_message='These days are already asked for.'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), expressions=[('staff', '='), (staff.models.roster.Span('start', 'end'), '&&')], name='duty_one_at_a_time', violation_error_message='This person already has a duty at that time.'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['staff', 'type'], name='certificate_of'),
        ),
        logistics.core.migrating.AddTriggers(
            model_name='certificatetype',
            triggers=[pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_certificatetypeevent" ("code", "id", "issuer", "name_en", "name_zh", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "validity_months") VALUES (NEW."code", NEW."id", NEW."issuer", NEW."name_en", NEW."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."validity_months"); RETURN NULL;', hash='bffa7162a1fad735f4fe05c6a1cafea56d75639c', operation='INSERT', pgid='pgtrigger_insert_insert_d7bbb', table='staff_certificatetype', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_certificatetypeevent" ("code", "id", "issuer", "name_en", "name_zh", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "validity_months") VALUES (NEW."code", NEW."id", NEW."issuer", NEW."name_en", NEW."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."validity_months"); RETURN NULL;', hash='87b45ab7c818f7e1a9a8724354b3ca369f013d0e', operation='UPDATE', pgid='pgtrigger_update_update_b4fd0', table='staff_certificatetype', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_certificatetypeevent" ("code", "id", "issuer", "name_en", "name_zh", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "validity_months") VALUES (OLD."code", OLD."id", OLD."issuer", OLD."name_en", OLD."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."validity_months"); RETURN NULL;', hash='d9fac341362ad10ea80e666938dbea08ffe8f9d7', operation='DELETE', pgid='pgtrigger_delete_delete_b192a', table='staff_certificatetype', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='skill',
            triggers=[pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_skillevent" ("code", "id", "name_en", "name_zh", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "trade") VALUES (NEW."code", NEW."id", NEW."name_en", NEW."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."trade"); RETURN NULL;', hash='cad1d994aa13877b23633224039810ec4e6d309d', operation='INSERT', pgid='pgtrigger_insert_insert_cd5b7', table='staff_skill', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_skillevent" ("code", "id", "name_en", "name_zh", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "trade") VALUES (NEW."code", NEW."id", NEW."name_en", NEW."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."trade"); RETURN NULL;', hash='64ca05834d11fc161a4a34104806f9b0a1fd8b9a', operation='UPDATE', pgid='pgtrigger_update_update_9ad43', table='staff_skill', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_skillevent" ("code", "id", "name_en", "name_zh", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "trade") VALUES (OLD."code", OLD."id", OLD."name_en", OLD."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."trade"); RETURN NULL;', hash='1600a0d972c46b31be6d841c3a70f08314e1e056', operation='DELETE', pgid='pgtrigger_delete_delete_98e51', table='staff_skill', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='rosterperiod',
            triggers=[pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_rosterperiodevent" ("first_day", "id", "last_day", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state", "team_id") VALUES (NEW."first_day", NEW."id", NEW."last_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."published_at", NEW."state", NEW."team_id"); RETURN NULL;', hash='38c6b23315ad6f62a1620e265ec78ba5fb12b57e', operation='INSERT', pgid='pgtrigger_insert_insert_74e7a', table='staff_rosterperiod', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_rosterperiodevent" ("first_day", "id", "last_day", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state", "team_id") VALUES (NEW."first_day", NEW."id", NEW."last_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."published_at", NEW."state", NEW."team_id"); RETURN NULL;', hash='e2f4046f86fcef6a7a5659539341b8d3d6d04299', operation='UPDATE', pgid='pgtrigger_update_update_c6aaf', table='staff_rosterperiod', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_rosterperiodevent" ("first_day", "id", "last_day", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state", "team_id") VALUES (OLD."first_day", OLD."id", OLD."last_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."published_at", OLD."state", OLD."team_id"); RETURN NULL;', hash='71ae25fd69940447c217070bcf045932ca4f341d', operation='DELETE', pgid='pgtrigger_delete_delete_a3c25', table='staff_rosterperiod', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='staffmember',
            triggers=[pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."staff_no"]::text[], ARRAY[]::text[]); RETURN NEW;', hash='775b5952db7ee8936a21ceca49433330544cd339', operation='INSERT OR UPDATE OF "staff_no"', pgid='pgtrigger_search_text_64a2e', table='staff_staffmember', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_staffmemberevent" ("employer_id", "employment", "id", "joined_on", "left_on", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_no", "team_id") VALUES (NEW."employer_id", NEW."employment", NEW."id", NEW."joined_on", NEW."left_on", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."staff_no", NEW."team_id"); RETURN NULL;', hash='3611a6876f626563f8d87a4d856dca60cdc4aa8b', operation='INSERT', pgid='pgtrigger_insert_insert_f984c', table='staff_staffmember', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."employer_id" IS DISTINCT FROM (NEW."employer_id") OR OLD."employment" IS DISTINCT FROM (NEW."employment") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."joined_on" IS DISTINCT FROM (NEW."joined_on") OR OLD."left_on" IS DISTINCT FROM (NEW."left_on") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."staff_no" IS DISTINCT FROM (NEW."staff_no") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id"))', func='INSERT INTO "staff_staffmemberevent" ("employer_id", "employment", "id", "joined_on", "left_on", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_no", "team_id") VALUES (NEW."employer_id", NEW."employment", NEW."id", NEW."joined_on", NEW."left_on", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."staff_no", NEW."team_id"); RETURN NULL;', hash='0bdc0a9d724721143553a11d0345fc89c6827e95', operation='UPDATE', pgid='pgtrigger_update_update_7895f', table='staff_staffmember', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_staffmemberevent" ("employer_id", "employment", "id", "joined_on", "left_on", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_no", "team_id") VALUES (OLD."employer_id", OLD."employment", OLD."id", OLD."joined_on", OLD."left_on", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."staff_no", OLD."team_id"); RETURN NULL;', hash='4e23047785170645ed130a26e7b66ceb1b80c96c', operation='DELETE', pgid='pgtrigger_delete_delete_11fa4', table='staff_staffmember', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='leave',
            triggers=[pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_leaveevent" ("asked_at", "first_day", "id", "kind", "last_day", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "staff_id", "state") VALUES (NEW."asked_at", NEW."first_day", NEW."id", NEW."kind", NEW."last_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."staff_id", NEW."state"); RETURN NULL;', hash='b26a3b7dfcfab6e080fc784c43c4fa7849abfde9', operation='INSERT', pgid='pgtrigger_insert_insert_bcd76', table='staff_leave', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_leaveevent" ("asked_at", "first_day", "id", "kind", "last_day", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "staff_id", "state") VALUES (NEW."asked_at", NEW."first_day", NEW."id", NEW."kind", NEW."last_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."staff_id", NEW."state"); RETURN NULL;', hash='55e7af660ac7581b0f80cf673e86ac792f6c3ef9', operation='UPDATE', pgid='pgtrigger_update_update_6d417', table='staff_leave', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_leaveevent" ("asked_at", "first_day", "id", "kind", "last_day", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "staff_id", "state") VALUES (OLD."asked_at", OLD."first_day", OLD."id", OLD."kind", OLD."last_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."staff_id", OLD."state"); RETURN NULL;', hash='685af1738f3969c3d9fab9209f54ad4c7cf092ad', operation='DELETE', pgid='pgtrigger_delete_delete_8ed03', table='staff_leave', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='duty',
            triggers=[pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_dutyevent" ("end", "id", "kind", "period_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_id", "start", "state") VALUES (NEW."end", NEW."id", NEW."kind", NEW."period_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."staff_id", NEW."start", NEW."state"); RETURN NULL;', hash='e6a4aefd8f59b809650c0af9d6df1455b1c7daec', operation='INSERT', pgid='pgtrigger_insert_insert_33ac9', table='staff_duty', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_dutyevent" ("end", "id", "kind", "period_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_id", "start", "state") VALUES (NEW."end", NEW."id", NEW."kind", NEW."period_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."staff_id", NEW."start", NEW."state"); RETURN NULL;', hash='6b0698a808e738391bd09001ac780105eeac292e', operation='UPDATE', pgid='pgtrigger_update_update_363d7', table='staff_duty', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_dutyevent" ("end", "id", "kind", "period_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_id", "start", "state") VALUES (OLD."end", OLD."id", OLD."kind", OLD."period_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."staff_id", OLD."start", OLD."state"); RETURN NULL;', hash='820238b8d28db5feaefdedc9b2e555fc76d49830', operation='DELETE', pgid='pgtrigger_delete_delete_6a112', table='staff_duty', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='certificate',
            triggers=[pgtrigger.compiler.Trigger(name='verified_by_is_another', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NEW.verified_by_id IS NOT NULL AND EXISTS (\n                SELECT 1 FROM staff_staffmember WHERE id = NEW.staff_id AND person_id = NEW.verified_by_id\n            ) THEN\n                RAISE EXCEPTION 'nobody judges the own file' USING ERRCODE = 'check_violation', CONSTRAINT = 'verified_by_is_another';\n            END IF;\n            RETURN NEW;\n        ", hash='7463c8d180fc4bdd450a76a691b65088ab9df555', operation='INSERT OR UPDATE', pgid='pgtrigger_verified_by_is_another_5e9a1', table='staff_certificate', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_certificateevent" ("added_by_id", "id", "issued_on", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "replaces_id", "staff_id", "state", "type_id", "valid_from", "valid_until", "verified_at", "verified_by_id") VALUES (NEW."added_by_id", NEW."id", NEW."issued_on", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."replaces_id", NEW."staff_id", NEW."state", NEW."type_id", NEW."valid_from", NEW."valid_until", NEW."verified_at", NEW."verified_by_id"); RETURN NULL;', hash='3050daf4780b297f4695ba14a0a956233884e563', operation='INSERT', pgid='pgtrigger_insert_insert_e5259', table='staff_certificate', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "staff_certificateevent" ("added_by_id", "id", "issued_on", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "replaces_id", "staff_id", "state", "type_id", "valid_from", "valid_until", "verified_at", "verified_by_id") VALUES (NEW."added_by_id", NEW."id", NEW."issued_on", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."replaces_id", NEW."staff_id", NEW."state", NEW."type_id", NEW."valid_from", NEW."valid_until", NEW."verified_at", NEW."verified_by_id"); RETURN NULL;', hash='81d4e18788e7f4b601ba56a9cec1e14ba608bd79', operation='UPDATE', pgid='pgtrigger_update_update_2a65e', table='staff_certificate', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "staff_certificateevent" ("added_by_id", "id", "issued_on", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "replaces_id", "staff_id", "state", "type_id", "valid_from", "valid_until", "verified_at", "verified_by_id") VALUES (OLD."added_by_id", OLD."id", OLD."issued_on", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."replaces_id", OLD."staff_id", OLD."state", OLD."type_id", OLD."valid_from", OLD."valid_until", OLD."verified_at", OLD."verified_by_id"); RETURN NULL;', hash='975d38bda86a61e5b1417265b44a8937fff0ec2c', operation='DELETE', pgid='pgtrigger_delete_delete_0e8f5', table='staff_certificate', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='staffskill',
            triggers=[pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a7700388d823edf265030ba6f1380c60258e465d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_374ec', table='staff_staffskill', when='BEFORE')), pgtrigger.compiler.Trigger(name='assessor_is_another', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NEW.assessor_id IS NOT NULL AND EXISTS (\n                SELECT 1 FROM staff_staffmember WHERE id = NEW.staff_id AND person_id = NEW.assessor_id\n            ) THEN\n                RAISE EXCEPTION 'nobody judges the own file' USING ERRCODE = 'check_violation', CONSTRAINT = 'assessor_is_another';\n            END IF;\n            RETURN NEW;\n        ", hash='276b330d8b8dfbb5179485a8ff347735b74e4b3b', operation='INSERT OR UPDATE', pgid='pgtrigger_assessor_is_another_30cbc', table='staff_staffskill', when='BEFORE'))],
        ),
    ]

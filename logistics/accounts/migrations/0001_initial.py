import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import logistics.core.bilingual
import logistics.core.clock
import logistics.core.migrating
import logistics.core.search.declaring
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('search_text', models.TextField(db_default='', default='', editable=False)),
                ('number', models.CharField(max_length=40, unique=True, verbose_name='student or staff number')),
                ('name_zh', models.CharField(blank=True, max_length=60, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='English name')),
                ('gender', models.CharField(blank=True, choices=[('f', 'female'), ('m', 'male')], max_length=1, verbose_name='gender')),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('student', 'Student'), ('teacher', 'Teacher'), ('staff', 'Staff'), ('guardian', 'Guardian'), ('supplier', 'Supplier contact'), ('contractor', 'Contractor'), ('assessor', 'Assessor'), ('official', 'Official'), ('service', 'Service account')], max_length=12), default=list, size=None, verbose_name='kinds')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('zh-hans', '中文')], max_length=8, verbose_name='language')),
                ('theme', models.CharField(choices=[('auto', 'As the device'), ('light', 'Light'), ('dark', 'Dark')], default='auto', max_length=5, verbose_name='theme')),
                ('can_sign_in', models.BooleanField(default=True, verbose_name='may sign in')),
                ('status', models.CharField(choices=[('invited', 'Invited'), ('active', 'Active'), ('suspended', 'Suspended'), ('left', 'Left'), ('anonymised', 'Anonymised')], default='active', max_length=10, verbose_name='status')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('session_round', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=logistics.core.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['number'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='person_search'), models.Index(fields=['status', 'number'], name='person_status')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'left'), _negated=True), ('left_on__isnull', False), _connector='OR'), name='person_left_has_date'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'anonymised'), _negated=True), models.Q(('birth_date__isnull', True), ('email', ''), ('name_en', ''), ('name_zh', ''), ('phone', '')), _connector='OR'), name='person_anonymised_is_empty'), models.UniqueConstraint(condition=models.Q(('phone', ''), _negated=True), fields=('phone',), name='person_phone'), models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('email',), name='person_email')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='what it is for')),
                ('prefix', models.CharField(editable=False, max_length=12, unique=True, verbose_name='begins with')),
                ('hash', models.CharField(editable=False, max_length=64)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), default=list, size=None, verbose_name='allowed to')),
                ('doors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, size=None, verbose_name='only these doors')),
                ('device', models.CharField(blank=True, max_length=40, verbose_name='code of the device')),
                ('addresses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=45), blank=True, default=list, size=None, verbose_name='only from these addresses')),
                ('state', models.CharField(choices=[('valid', 'Valid'), ('revoked', 'Revoked')], default='valid', editable=False, max_length=8, verbose_name='state')),
                ('expires_at', models.DateTimeField(verbose_name='ends at')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked at')),
                ('created_at', models.DateTimeField(default=logistics.core.clock.now, editable=False, verbose_name='made at')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL, verbose_name='acts as')),
            ],
            options={
                'verbose_name': 'access token',
                'verbose_name_plural': 'access tokens',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['owner', '-id'], name='token_owner')],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('created_at'), '+', models.Value(datetime.timedelta(days=366))))), name='token_at_most_a_year'), models.CheckConstraint(condition=models.Q(('scopes', []), _negated=True), name='token_may_something'), models.CheckConstraint(condition=models.Q(('device', ''), models.Q(('doors', []), _negated=True), _connector='OR'), name='token_of_device_names_doors'), models.CheckConstraint(condition=models.Q(('state__in', ['valid', 'revoked'])), name='token_state'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('state', 'revoked')), models.Q(('revoked_at__isnull', True), ('state', 'valid')), _connector='OR'), name='token_revoked_has_instant')],
            },
        ),
        migrations.CreateModel(
            name='ApiTokenEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80, verbose_name='what it is for')),
                ('prefix', models.CharField(editable=False, max_length=12, verbose_name='begins with')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), default=list, size=None, verbose_name='allowed to')),
                ('doors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, size=None, verbose_name='only these doors')),
                ('device', models.CharField(blank=True, max_length=40, verbose_name='code of the device')),
                ('addresses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=45), blank=True, default=list, size=None, verbose_name='only from these addresses')),
                ('state', models.CharField(choices=[('valid', 'Valid'), ('revoked', 'Revoked')], default='valid', editable=False, max_length=8, verbose_name='state')),
                ('expires_at', models.DateTimeField(verbose_name='ends at')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked at')),
                ('created_at', models.DateTimeField(default=logistics.core.clock.now, editable=False, verbose_name='made at')),
                ('created_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='acts as')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.apitoken')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, help_text='Leave empty to hand over every role.', size=None, verbose_name='roles')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='during')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('from_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_given', to=settings.AUTH_USER_MODEL, verbose_name='away')),
                ('to_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_held', to=settings.AUTH_USER_MODEL, verbose_name='acts instead')),
            ],
            options={
                'verbose_name': 'delegation',
                'verbose_name_plural': 'delegations',
                'constraints': [models.CheckConstraint(condition=models.Q(('from_person', models.F('to_person')), _negated=True), name='delegation_to_another'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('from_person', '='), ('during', '&&')], name='delegation_one_deputy', violation_error_message='Somebody already acts in that time. Take those duties back first.')],
            },
        ),
        migrations.CreateModel(
            name='DelegationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, help_text='Leave empty to hand over every role.', size=None, verbose_name='roles')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='during')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('from_person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='away')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.delegation')),
                ('to_person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='acts instead')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('search_text', models.TextField(db_default='', default='', editable=False)),
                ('ancestors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, editable=False, size=None)),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=80, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='English name')),
                ('kind', models.CharField(choices=[('school', 'School'), ('office', 'Office'), ('faculty', 'Subject group'), ('grade', 'Grade'), ('class', 'Class'), ('team', 'Team')], max_length=8, verbose_name='kind')),
                ('cost_centre', models.CharField(blank=True, max_length=40, verbose_name='cost centre')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deputy')),
                ('head', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='heads', to=settings.AUTH_USER_MODEL, verbose_name='head')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.department', verbose_name='part of')),
            ],
            options={
                'verbose_name': 'department',
                'verbose_name_plural': 'departments',
                'ordering': ['code'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['ancestors'], name='department_ancestors'), django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='department_search')],
            },
            bases=(logistics.core.bilingual.Named, models.Model),
        ),
        migrations.AddField(
            model_name='person',
            name='department',
            field=models.ForeignKey(blank=True, editable=False, help_text='Kept from the main membership.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='main department'),
        ),
        migrations.CreateModel(
            name='DepartmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('name_zh', models.CharField(max_length=80, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='English name')),
                ('kind', models.CharField(choices=[('school', 'School'), ('office', 'Office'), ('faculty', 'Subject group'), ('grade', 'Grade'), ('class', 'Class'), ('team', 'Team')], max_length=8, verbose_name='kind')),
                ('cost_centre', models.CharField(blank=True, max_length=40, verbose_name='cost centre')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('deputy', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deputy')),
                ('head', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='head')),
                ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.department', verbose_name='part of')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.department')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(blank=True, max_length=60, verbose_name='job title')),
                ('main', models.BooleanField(default=True, verbose_name='main department')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='during')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.department', verbose_name='department')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('department', '='), ('during', '&&')], name='membership_once', violation_error_message='This person already belongs to this department at that time.'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('main', True)), expressions=[('person', '='), ('during', '&&')], name='membership_one_main', violation_error_message='This person already has a main department at that time.')],
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(blank=True, max_length=60, verbose_name='job title')),
                ('main', models.BooleanField(default=True, verbose_name='main department')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='during')),
                ('department', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.department', verbose_name='department')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.membership')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('search_text', models.TextField(db_default='', default='', editable=False)),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=120, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='English name')),
                ('kind', models.CharField(choices=[('contractor', 'Contractor'), ('supplier', 'Supplier'), ('authority', 'Authority'), ('partner', 'Partner')], max_length=12, verbose_name='kind')),
                ('contact', models.CharField(blank=True, max_length=60, verbose_name='contact person')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'ordering': ['code'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(logistics.core.search.declaring.Tokens(models.F('search_text')), name='organisation_search')],
            },
            bases=(logistics.core.bilingual.Named, models.Model),
        ),
        migrations.AddField(
            model_name='person',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='accounts.organisation', verbose_name='acts for'),
        ),
        migrations.CreateModel(
            name='OrganisationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('name_zh', models.CharField(max_length=120, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='English name')),
                ('kind', models.CharField(choices=[('contractor', 'Contractor'), ('supplier', 'Supplier'), ('authority', 'Authority'), ('partner', 'Partner')], max_length=12, verbose_name='kind')),
                ('contact', models.CharField(blank=True, max_length=60, verbose_name='contact person')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.organisation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PersonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('number', models.CharField(max_length=40, verbose_name='student or staff number')),
                ('name_zh', models.CharField(blank=True, max_length=60, verbose_name='Chinese name')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='English name')),
                ('gender', models.CharField(blank=True, choices=[('f', 'female'), ('m', 'male')], max_length=1, verbose_name='gender')),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('student', 'Student'), ('teacher', 'Teacher'), ('staff', 'Staff'), ('guardian', 'Guardian'), ('supplier', 'Supplier contact'), ('contractor', 'Contractor'), ('assessor', 'Assessor'), ('official', 'Official'), ('service', 'Service account')], max_length=12), default=list, size=None, verbose_name='kinds')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('zh-hans', '中文')], max_length=8, verbose_name='language')),
                ('theme', models.CharField(choices=[('auto', 'As the device'), ('light', 'Light'), ('dark', 'Dark')], default='auto', max_length=5, verbose_name='theme')),
                ('can_sign_in', models.BooleanField(default=True, verbose_name='may sign in')),
                ('status', models.CharField(choices=[('invited', 'Invited'), ('active', 'Active'), ('suspended', 'Suspended'), ('left', 'Left'), ('anonymised', 'Anonymised')], default='active', max_length=10, verbose_name='status')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('created_at', models.DateTimeField(default=logistics.core.clock.now, editable=False)),
                ('department', models.ForeignKey(blank=True, db_constraint=False, editable=False, help_text='Kept from the main membership.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.department', verbose_name='main department')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='acts for')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=40, verbose_name='role')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='during')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='department')),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='granted by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_grants', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'role grant',
                'verbose_name_plural': 'role grants',
                'constraints': [models.CheckConstraint(condition=models.Q(('granted_by__isnull', True), models.Q(('granted_by', models.F('person')), _negated=True), _connector='OR'), name='grant_not_to_oneself'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('role', '='), (django.db.models.functions.comparison.Coalesce('department', 0), '='), ('during', '&&')], name='grant_once', violation_error_message='This person already holds this role there at that time.')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrantEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(max_length=40, verbose_name='role')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='during')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('department', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.department', verbose_name='department')),
                ('granted_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='granted by')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.rolegrant')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SignInEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('password', 'Password'), ('demo', 'Demo')], max_length=12)),
                ('result', models.CharField(choices=[('ok', 'Signed in'), ('refused', 'Refused'), ('locked', 'Refused and locked')], max_length=8)),
                ('key', models.CharField(blank=True, max_length=64)),
                ('address_prefix', models.CharField(blank=True, max_length=45)),
                ('at', models.DateTimeField(default=logistics.core.clock.now)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'sign-in',
                'verbose_name_plural': 'sign-ins',
                'indexes': [models.Index(fields=['person', '-at'], name='sign_in_person'), models.Index(fields=['key', '-at'], name='sign_in_key'), models.Index(fields=['address_prefix', '-at'], name='sign_in_address')],
            },
        ),
        logistics.core.migrating.AddTriggers(
            model_name='organisation',
            triggers=[pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."code", NEW."name_zh", NEW."name_en"]::text[], ARRAY[NEW."contact"]::text[]); RETURN NEW;', hash='0c3a8408f990e5c4d68478e1cf81c1f9a4af8934', operation='INSERT OR UPDATE OF "code", "name_zh", "name_en", "contact"', pgid='pgtrigger_search_text_43b34', table='accounts_organisation', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_organisationevent" ("active", "code", "contact", "id", "kind", "name_en", "name_zh", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."active", NEW."code", NEW."contact", NEW."id", NEW."kind", NEW."name_en", NEW."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."phone"); RETURN NULL;', hash='add50939ca3ef9831da8e032a2311f908e05a8d3', operation='INSERT', pgid='pgtrigger_insert_insert_66a5c', table='accounts_organisation', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."contact" IS DISTINCT FROM (NEW."contact") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."name_zh" IS DISTINCT FROM (NEW."name_zh") OR OLD."phone" IS DISTINCT FROM (NEW."phone"))', func='INSERT INTO "accounts_organisationevent" ("active", "code", "contact", "id", "kind", "name_en", "name_zh", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."active", NEW."code", NEW."contact", NEW."id", NEW."kind", NEW."name_en", NEW."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."phone"); RETURN NULL;', hash='0d917f0ccb55e1e55e6390d349a40093838f0589', operation='UPDATE', pgid='pgtrigger_update_update_9e5fc', table='accounts_organisation', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_organisationevent" ("active", "code", "contact", "id", "kind", "name_en", "name_zh", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (OLD."active", OLD."code", OLD."contact", OLD."id", OLD."kind", OLD."name_en", OLD."name_zh", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."phone"); RETURN NULL;', hash='3c413a8602620d3ff559d966b97b5ad5e7d59b18', operation='DELETE', pgid='pgtrigger_delete_delete_7b33b', table='accounts_organisation', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='apitoken',
            triggers=[pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_apitokenevent" ("addresses", "created_at", "created_by_id", "device", "doors", "expires_at", "id", "name", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes", "state") VALUES (NEW."addresses", NEW."created_at", NEW."created_by_id", NEW."device", NEW."doors", NEW."expires_at", NEW."id", NEW."name", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes", NEW."state"); RETURN NULL;', hash='c90d5fe24e1dec856ea1dc6fd913fcc457ac3117', operation='INSERT', pgid='pgtrigger_insert_insert_01b7d', table='accounts_apitoken', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."addresses" IS DISTINCT FROM (NEW."addresses") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."device" IS DISTINCT FROM (NEW."device") OR OLD."doors" IS DISTINCT FROM (NEW."doors") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."prefix" IS DISTINCT FROM (NEW."prefix") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "accounts_apitokenevent" ("addresses", "created_at", "created_by_id", "device", "doors", "expires_at", "id", "name", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes", "state") VALUES (NEW."addresses", NEW."created_at", NEW."created_by_id", NEW."device", NEW."doors", NEW."expires_at", NEW."id", NEW."name", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes", NEW."state"); RETURN NULL;', hash='e36b3d003746711b6ea959f08537e59f399bf023', operation='UPDATE', pgid='pgtrigger_update_update_df53b', table='accounts_apitoken', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_apitokenevent" ("addresses", "created_at", "created_by_id", "device", "doors", "expires_at", "id", "name", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes", "state") VALUES (OLD."addresses", OLD."created_at", OLD."created_by_id", OLD."device", OLD."doors", OLD."expires_at", OLD."id", OLD."name", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."prefix", OLD."revoked_at", OLD."scopes", OLD."state"); RETURN NULL;', hash='0f67ecbee18ecec2cba1529b8b8001c75e305127', operation='DELETE', pgid='pgtrigger_delete_delete_6e065', table='accounts_apitoken', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='delegation',
            triggers=[pgtrigger.compiler.Trigger(name='no_chain', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    PERFORM pg_advisory_xact_lock(hashtext('accounts_delegation'));\n                    IF EXISTS (\n                        SELECT 1 FROM accounts_delegation other\n                        WHERE other.id IS DISTINCT FROM NEW.id AND other.during && NEW.during\n                        AND (other.from_person_id = NEW.to_person_id OR other.to_person_id = NEW.from_person_id)\n                    ) THEN\n                        RAISE EXCEPTION 'a deputy has no deputy' USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_no_chain';\n                    END IF;\n                    RETURN NEW;\n                ", hash='f7968f48338c7bfe03bd3f85741a04890c877b19', operation='INSERT OR UPDATE', pgid='pgtrigger_no_chain_6dc49', table='accounts_delegation', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_delegationevent" ("during", "from_person_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "roles", "to_person_id") VALUES (NEW."during", NEW."from_person_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."roles", NEW."to_person_id"); RETURN NULL;', hash='64c315d1a175d32d9b113a15812817465a20d4fa', operation='INSERT', pgid='pgtrigger_insert_insert_31e89', table='accounts_delegation', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_delegationevent" ("during", "from_person_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "roles", "to_person_id") VALUES (NEW."during", NEW."from_person_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."roles", NEW."to_person_id"); RETURN NULL;', hash='bc91ee52ea3114ed499cccefd4546db080f3d1e4', operation='UPDATE', pgid='pgtrigger_update_update_0bc20', table='accounts_delegation', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_delegationevent" ("during", "from_person_id", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "roles", "to_person_id") VALUES (OLD."during", OLD."from_person_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."roles", OLD."to_person_id"); RETURN NULL;', hash='c3856ed72145e7a3c9f5ba90c125ab474e576a79', operation='DELETE', pgid='pgtrigger_delete_delete_c7771', table='accounts_delegation', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='department',
            triggers=[pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."code", NEW."name_zh", NEW."name_en"]::text[], ARRAY[]::text[]); RETURN NEW;', hash='3516bb3c5a7b194a9c3f82d15098e06fd770bb67', operation='INSERT OR UPDATE OF "code", "name_zh", "name_en"', pgid='pgtrigger_search_text_e69e4', table='accounts_department', when='BEFORE')), pgtrigger.compiler.Trigger(name='tree_insert_lock', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM pg_advisory_xact_lock_shared(hashtext('tree:accounts_department')); RETURN NULL;", hash='dc3c61adc7acffca150bdccaaca99a0868278ab7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tree_insert_lock_d3f64', table='accounts_department', when='BEFORE')), pgtrigger.compiler.Trigger(name='tree_move_lock', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM pg_advisory_xact_lock(hashtext('tree:accounts_department')); RETURN NULL;", hash='7833edbcd76e89b92267a18ba687f75d2eac2fc9', level='STATEMENT', operation='UPDATE OF "parent_id"', pgid='pgtrigger_tree_move_lock_a87bf', table='accounts_department', when='BEFORE')), pgtrigger.compiler.Trigger(name='tree_path', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE above bigint[];', func="\n                IF NEW.parent_id IS NULL THEN above := ARRAY[]::bigint[];\n                ELSE\n                    SELECT ancestors INTO above FROM accounts_department WHERE id = NEW.parent_id;\n                    IF NEW.id = ANY(above) OR NEW.id = NEW.parent_id THEN\n                        RAISE EXCEPTION 'tree_cycle' USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_department_cycle';\n                    END IF;\n                END IF;\n                NEW.ancestors := coalesce(above, ARRAY[]::bigint[]) || NEW.id;\n                RETURN NEW;\n            ", hash='f5a1c03fe621d9e987bbaf48f5812c5ab4d1bd22', operation='INSERT OR UPDATE OF "parent_id"', pgid='pgtrigger_tree_path_4e767', table='accounts_department', when='BEFORE')), pgtrigger.compiler.Trigger(name='tree_follow', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.parent_id IS DISTINCT FROM OLD.parent_id)', func='\n                UPDATE accounts_department SET ancestors = NEW.ancestors || ancestors[cardinality(OLD.ancestors) + 1:]\n                WHERE ancestors @> ARRAY[NEW.id] AND id <> NEW.id;\n                RETURN NULL;\n            ', hash='afe08e1ad0da8677941b4b3827aa1de023d17b21', operation='UPDATE OF "parent_id"', pgid='pgtrigger_tree_follow_0fc6a', table='accounts_department', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_departmentevent" ("active", "code", "cost_centre", "deputy_id", "head_id", "id", "kind", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active", NEW."code", NEW."cost_centre", NEW."deputy_id", NEW."head_id", NEW."id", NEW."kind", NEW."name_en", NEW."name_zh", NEW."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='4686b56e9862e4a61cc18b3130a579d5d17da884', operation='INSERT', pgid='pgtrigger_insert_insert_b4692', table='accounts_department', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."cost_centre" IS DISTINCT FROM (NEW."cost_centre") OR OLD."deputy_id" IS DISTINCT FROM (NEW."deputy_id") OR OLD."head_id" IS DISTINCT FROM (NEW."head_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."name_zh" IS DISTINCT FROM (NEW."name_zh") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id"))', func='INSERT INTO "accounts_departmentevent" ("active", "code", "cost_centre", "deputy_id", "head_id", "id", "kind", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active", NEW."code", NEW."cost_centre", NEW."deputy_id", NEW."head_id", NEW."id", NEW."kind", NEW."name_en", NEW."name_zh", NEW."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id"); RETURN NULL;', hash='04683efca78a0f6aa6a1fe18658d4079373cea39', operation='UPDATE', pgid='pgtrigger_update_update_afd13', table='accounts_department', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_departmentevent" ("active", "code", "cost_centre", "deputy_id", "head_id", "id", "kind", "name_en", "name_zh", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."active", OLD."code", OLD."cost_centre", OLD."deputy_id", OLD."head_id", OLD."id", OLD."kind", OLD."name_en", OLD."name_zh", OLD."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='efb6a7e89c7518b3f853c6f6c7ba28b71878ab32', operation='DELETE', pgid='pgtrigger_delete_delete_7ff5b', table='accounts_department', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='membership',
            triggers=[pgtrigger.compiler.Trigger(name='main_department', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."main")', func='UPDATE accounts_person SET department_id = NEW.department_id WHERE id = NEW.person_id AND NEW.during @> now() AND department_id IS DISTINCT FROM NEW.department_id; RETURN NULL;', hash='9e8198217709a437d1d8ac24e4989a986968d7cc', operation='INSERT OR UPDATE', pgid='pgtrigger_main_department_4477c', table='accounts_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_membershipevent" ("department_id", "during", "id", "main", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") VALUES (NEW."department_id", NEW."during", NEW."id", NEW."main", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."title"); RETURN NULL;', hash='cdd183da1599579371c417c296a5246e3c064f70', operation='INSERT', pgid='pgtrigger_insert_insert_fc05a', table='accounts_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_membershipevent" ("department_id", "during", "id", "main", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") VALUES (NEW."department_id", NEW."during", NEW."id", NEW."main", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."title"); RETURN NULL;', hash='d7eaff6cb812d1fe92bc97af77de24a0c5f43360', operation='UPDATE', pgid='pgtrigger_update_update_20ab5', table='accounts_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_membershipevent" ("department_id", "during", "id", "main", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") VALUES (OLD."department_id", OLD."during", OLD."id", OLD."main", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."title"); RETURN NULL;', hash='0cd680fd9e8cefcf0338a1fb1a802e1a768b0dae', operation='DELETE', pgid='pgtrigger_delete_delete_19a8f', table='accounts_membership', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='person',
            triggers=[pgtrigger.compiler.Trigger(name='search_text', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.search_text = hq_search_text(ARRAY[NEW."number", NEW."name_zh", NEW."name_en"]::text[], ARRAY[]::text[]); RETURN NEW;', hash='517cafdcb7ddab6f939d279f591cfc5cffcb3f04', operation='INSERT OR UPDATE OF "number", "name_zh", "name_en"', pgid='pgtrigger_search_text_50516', table='accounts_person', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_personevent" ("birth_date", "can_sign_in", "created_at", "department_id", "email", "gender", "id", "kinds", "language", "left_on", "name_en", "name_zh", "number", "organisation_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "status", "theme") VALUES (NEW."birth_date", NEW."can_sign_in", NEW."created_at", NEW."department_id", NEW."email", NEW."gender", NEW."id", NEW."kinds", NEW."language", NEW."left_on", NEW."name_en", NEW."name_zh", NEW."number", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."phone", NEW."status", NEW."theme"); RETURN NULL;', hash='9bdf7b85d126e29c405c5cbfde61ae57e289d8fc', operation='INSERT', pgid='pgtrigger_insert_insert_6b541', table='accounts_person', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."birth_date" IS DISTINCT FROM (NEW."birth_date") OR OLD."can_sign_in" IS DISTINCT FROM (NEW."can_sign_in") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."department_id" IS DISTINCT FROM (NEW."department_id") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."gender" IS DISTINCT FROM (NEW."gender") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kinds" IS DISTINCT FROM (NEW."kinds") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."left_on" IS DISTINCT FROM (NEW."left_on") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."name_zh" IS DISTINCT FROM (NEW."name_zh") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."theme" IS DISTINCT FROM (NEW."theme"))', func='INSERT INTO "accounts_personevent" ("birth_date", "can_sign_in", "created_at", "department_id", "email", "gender", "id", "kinds", "language", "left_on", "name_en", "name_zh", "number", "organisation_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "status", "theme") VALUES (NEW."birth_date", NEW."can_sign_in", NEW."created_at", NEW."department_id", NEW."email", NEW."gender", NEW."id", NEW."kinds", NEW."language", NEW."left_on", NEW."name_en", NEW."name_zh", NEW."number", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."phone", NEW."status", NEW."theme"); RETURN NULL;', hash='c7c241854872683a40f91c542dd86f260b537593', operation='UPDATE', pgid='pgtrigger_update_update_70819', table='accounts_person', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_personevent" ("birth_date", "can_sign_in", "created_at", "department_id", "email", "gender", "id", "kinds", "language", "left_on", "name_en", "name_zh", "number", "organisation_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "status", "theme") VALUES (OLD."birth_date", OLD."can_sign_in", OLD."created_at", OLD."department_id", OLD."email", OLD."gender", OLD."id", OLD."kinds", OLD."language", OLD."left_on", OLD."name_en", OLD."name_zh", OLD."number", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."phone", OLD."status", OLD."theme"); RETURN NULL;', hash='a9eb030a07df765cce992e59f70d6690a1aa9e77', operation='DELETE', pgid='pgtrigger_delete_delete_18acd', table='accounts_person', when='AFTER'))],
        ),
        logistics.core.migrating.AddTriggers(
            model_name='rolegrant',
            triggers=[pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_rolegrantevent" ("department_id", "during", "granted_by_id", "id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "role") VALUES (NEW."department_id", NEW."during", NEW."granted_by_id", NEW."id", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."role"); RETURN NULL;', hash='a7341780e3c2573b714692d3edcee3a1f91b19ec', operation='INSERT', pgid='pgtrigger_insert_insert_77ca7', table='accounts_rolegrant', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_rolegrantevent" ("department_id", "during", "granted_by_id", "id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "role") VALUES (NEW."department_id", NEW."during", NEW."granted_by_id", NEW."id", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."role"); RETURN NULL;', hash='bfe70302ed38d441d0d88aba409541ce3c65a59b', operation='UPDATE', pgid='pgtrigger_update_update_f0e9e', table='accounts_rolegrant', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_rolegrantevent" ("department_id", "during", "granted_by_id", "id", "person_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "role") VALUES (OLD."department_id", OLD."during", OLD."granted_by_id", OLD."id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."role"); RETURN NULL;', hash='cc9018da473ed4cfab6fde6097071e7f7f3be549', operation='DELETE', pgid='pgtrigger_delete_delete_d0e1f', table='accounts_rolegrant', when='AFTER'))],
        ),
    ]

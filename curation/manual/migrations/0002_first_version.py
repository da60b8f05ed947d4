from django.db import migrations

from curation.manual.first_version import write_first_version


def write(apps, schema_editor):
    models = ("ManualVersion", "ManualReason", "ManualExample")
    write_first_version(*(apps.get_model("manual", name) for name in models))


class Migration(migrations.Migration):

    dependencies = [
        ('manual', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
    ]

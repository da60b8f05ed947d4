from django.db import migrations, models
from django.db.models import F


def as_leased(apps, schema_editor):
    """Until now nothing but the organiser set the end of a lease."""
    apps.get_model("batches", "Assignment").objects.update(granted_until=F("leased_until"))


class Migration(migrations.Migration):
    dependencies = [("batches", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="granted_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(as_leased, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="assignment",
            name="granted_until",
            field=models.DateTimeField(),
        ),
    ]

"""What no longer goes along with a draft may go; with a form that has been sent it stays for good."""

from django.db import migrations

from kernel.conf import database_user

ONLY_DRAFTS = """
DROP TRIGGER append_only ON referral_attachment;
CREATE FUNCTION referral_attachment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM referral_referral r WHERE r.id = OLD.referral_id AND r.status = 'draft'
    ) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'attachments of a sent form stay' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER only_drafts BEFORE UPDATE OR DELETE ON referral_attachment
FOR EACH ROW EXECUTE FUNCTION referral_attachment_stays();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON referral_attachment
FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
"""
APPEND_ONLY = """
DROP TRIGGER never_emptied ON referral_attachment;
DROP TRIGGER only_drafts ON referral_attachment;
DROP FUNCTION referral_attachment_stays();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON referral_attachment
FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
"""
APP = database_user("default")


class Migration(migrations.Migration):
    dependencies = [("referral", "0012_form")]

    operations = [
        migrations.RunSQL(ONLY_DRAFTS, APPEND_ONLY),
        migrations.RunSQL(
            f'GRANT DELETE ON referral_attachment TO "{APP}"',
            f'REVOKE DELETE ON referral_attachment FROM "{APP}"',
        ),
    ]

-- By hand: triggers, which schema.prisma cannot say. A TRUNCATE fires no trigger of rows, and would empty a record that is append-only,
-- also as CASCADE of another table.
CREATE TRIGGER is_append_only_whole BEFORE TRUNCATE ON "BudgetEntry" FOR EACH STATEMENT EXECUTE FUNCTION is_append_only();
CREATE TRIGGER is_append_only_whole BEFORE TRUNCATE ON "AuditEvent" FOR EACH STATEMENT EXECUTE FUNCTION is_append_only();
CREATE TRIGGER is_append_only_whole BEFORE TRUNCATE ON "Checkpoint" FOR EACH STATEMENT EXECUTE FUNCTION is_append_only();
CREATE TRIGGER is_append_only_whole BEFORE TRUNCATE ON "LeadEvent" FOR EACH STATEMENT EXECUTE FUNCTION is_append_only();
